import BrowserDriver
import Testing

/// What the views decide, asked in a real browser: each script answers with what does not hold.
@Suite(
  "What the page's views stand on", .serialized,
  .enabled(if: PageSite.isPossible, Comment(rawValue: PageSite.requirement))
)
struct ViewModuleTests {
  private let site: PageSite
  private let page: Page

  init() async throws {
    site = try await PageSite([])
    page = try await site.page()
  }

  /// Records with values that repeat and are missing, always the same ones.
  private static let records = """
    let seed = 7;
    const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
    const record = (id, revision = 1) => ({
      id, revision, timestamp: new Date(1.7e12 + random(500) * 1000).toISOString(),
      bytes_sent: random(3) ? random(50) : null, process_name: ["curl", "Nginx", "nginx", ""][random(4)],
    });
    """

  private func expectNothingWrong(_ script: String) async throws {
    let wrong = try await page.evaluate(
      "(async () => { const wrong = []; \(script); return wrong; })()")
    #expect(wrong == .list([]))
  }

  @Test("rows are kept once, in their latest state, and the oldest go first")
  func rows() async throws {
    try await expectNothingWrong(
      """
      const { Rows, microseconds } = await import("/core/rows.js");
      if (microseconds("2023-11-14T22:13:20.000123Z") !== 1.7e15 + 123) wrong.push("time");
      const at = (id, time, revision = 1) =>
        ({ id, revision, timestamp: new Date(1.7e12 + time * 1000).toISOString(), state: `r${revision}` });
      const rows = new Rows(100);
      const { added } = rows.upsert([at(1, 5), at(2, 6)]);
      if (added.length !== 2 || rows.get(1) !== added[0]) wrong.push("added");
      const { changed } = rows.upsert([at(1, 5, 3), at(2, 6, 1)]);
      if (changed.length !== 1 || changed[0] !== added[0] || added[0].state !== "r3") wrong.push("changed");
      rows.upsert([at(1, 5, 2)]);
      if (rows.get(1).revision !== 3) wrong.push("an older revision");
      const { forgotten } = rows.upsert(Array.from({ length: 200 }, (_, index) => at(10 + index, 10 + index)));
      if (rows.size !== 100 || rows.get(1) || rows.get(109) || !rows.get(110)) wrong.push("the oldest");
      if (forgotten !== microseconds(at(0, 109).timestamp)) wrong.push("what was forgotten");
      """)
  }

  /// Rows that come and change one by one end up where sorting and filtering all of them puts them.
  @Test("rows stay in order and filtered while they change")
  func arrangement() async throws {
    try await expectNothingWrong(
      """
      const { Rows } = await import("/core/rows.js");
      const { Arrangement } = await import("/core/arrangement.js");
      const { compareRows, newestFirst } = await import("/core/sorting.js");
      \(Self.records)
      const orders = [
        newestFirst, { key: newestFirst.key, isDescending: false },
        ...["bytes_sent", "process_name"].flatMap((field) => [true, false].map((isDescending) =>
          ({ key: (row) => row[field], isDescending }))),
      ];
      const matches = (row) => row.process_name !== "curl";
      for (const [index, order] of orders.entries()) {
        const rows = new Rows();
        rows.upsert(Array.from({ length: 3000 }, (_, id) => record(id)));
        const arrangement = new Arrangement(order);
        arrangement.setRows(rows.values());
        arrangement.setPredicate(matches, true);
        // With no time at all it still goes on, a piece at a time.
        let pieces = 1;
        while (!arrangement.advance(0, () => 0)) pieces += 1;
        if (pieces !== 3) wrong.push(`${index} pieces: ${pieces}`);
        for (let round = 0; round < 20; round += 1) {
          const changes = Array.from({ length: 15 }, (_, each) => {
            const id = each < 5 ? 3000 + round * 5 + each : random(3000);
            const known = rows.get(id);
            const timestamp = known?.timestamp;
            return { ...record(id, (known?.revision ?? 0) + 1), ...(timestamp ? { timestamp } : {}) };
          });
          const { added, changed } = rows.upsert(changes);
          arrangement.merge(added, [...new Set(changed)]);
        }
        const expected = [...rows.values()].filter(matches).sort((a, b) => compareRows(a, b, order));
        const found = arrangement.visible;
        if (expected.length !== found.length || expected.some((row, place) => row !== found[place])) {
          wrong.push(`order ${index}`);
        }
      }
      """)
  }

  /// What is typed letter by letter, taken back and typed again while rows come, is filtered from what
  /// is already known; that is the same as filtering all of them.
  @Test("narrowing and widening while typing finds what filtering anew does")
  func typing() async throws {
    try await expectNothingWrong(
      """
      const { Rows } = await import("/core/rows.js");
      const { Arrangement } = await import("/core/arrangement.js");
      const { newestFirst } = await import("/core/sorting.js");
      const { isNarrower } = await import("/filter/language.js");
      const { predicateOf } = await import("/filter/predicate.js");
      \(Self.records)
      const names = ["curl", "cupsd", "nginx", "10.0.0.9", "NGINX"];
      const fields = { process_path: "", local_addr: "10.0.0.1:1", remote_addr: "[::1]:80", host: "h" };
      const named = (id, revision) =>
        ({ ...record(id, revision), ...fields, process_name: names[random(names.length)], error: null });
      const rows = new Rows();
      rows.upsert(Array.from({ length: 3000 }, (_, id) => named(id, 1)));
      const arrangement = new Arrangement(newestFirst);
      arrangement.setRows(rows.values());
      let last = null;
      const whole = ["curl", "cup error:none", "10.0 80", "ngin -curl", "c process:curl,nginx"];
      const texts = whole.flatMap((text) => [...[...text].keys(), ...[...[...text].keys()].reverse()]
        .map((length) => text.slice(0, length + 1)));
      for (const [index, text] of [...texts, ...texts].entries()) {
        const matches = predicateOf(text);
        const how = { name: text, isNarrower: last !== null && isNarrower(text, last) };
        arrangement.setPredicate(matches, true, how);
        while (!arrangement.advance(0, () => 0));
        if (index % 7 === 0) {
          const id = random(3000);
          const changes = [named(id, rows.get(id).revision + 1), named(5000 + index, 1)];
          changes[0].timestamp = rows.get(id).timestamp;
          const { added, changed } = rows.upsert(changes);
          arrangement.merge(added, changed);
        }
        const expected = [...rows.values()].filter(matches).map(({ id }) => id).sort().join();
        if (expected !== arrangement.visible.map(({ id }) => id).sort().join()) wrong.push(text);
        last = text;
      }
      """)
  }

  @Test("the map is the same for the same graph, within its bounds, and leaves nothing out")
  func map() async throws {
    try await expectNothingWrong(
      """
      const { graphOf } = await import("/map/graph.js");
      const { layOut, orderedLayers, crossings } = await import("/map/layout.js");
      \(Self.records)
      const records = Array.from({ length: 4000 }, (_, id) => ({
        process_name: `p${random(90)}`, host: "h", direction: random(5) ? "outbound" : "inbound",
        remote_addr: `10.0.${random(9)}.${random(40)}:${[443, 80, 5432][random(3)]}`,
      }));
      const failures = records.slice(0, 300).map((each) => ({
        ...each, error: "ECONNREFUSED", count: 1 + random(9), successes: random(20),
      }));
      const room = [50, 60, 90];
      const whole = { records: true, failures: true };
      const graph = graphOf(records, failures, "process", room, whole);
      if (graph.nodes.length > 200) wrong.push(`${graph.nodes.length} nodes`);
      const failed = failures.reduce((sum, { count }) => sum + count, 0);
      if (graph.links.reduce((sum, { errors }) => sum + errors, 0) !== failed) wrong.push("failures");
      const members = graph.nodes.filter(({ layer }) => layer === 1)
        .reduce((sum, node) => sum + node.members, 0);
      if (members !== new Set(records.map((each) => each.process_name)).size) wrong.push("members");
      const keys = new Set(graph.nodes.map(({ key }) => key));
      if (graph.links.some(({ from, to }) => !keys.has(from) || !keys.has(to))) wrong.push("loose ends");
      const layout = layOut(graph, 1000);
      const again = layOut({ nodes: graph.nodes.toReversed(), links: graph.links.toReversed() }, 1000);
      const places = ({ nodes }) =>
        JSON.stringify(nodes.map(({ key, x, y }) => [key, x, y]).sort());
      if (places(layout) !== places(again)) wrong.push("another picture");
      for (const a of layout.nodes) {
        if (a.x < 0 || a.y < 0 || a.x + a.width > 1000 || a.y + a.height > layout.height) wrong.push(a.key);
        if (layout.nodes.some((b) => a !== b && a.x === b.x && Math.abs(a.y - b.y) < a.height)) {
          wrong.push(`${a.key} overlaps`);
        }
      }
      const unordered = [0, 1, 2].map((layer) => graph.nodes.filter((node) => node.layer === layer));
      const [before, after] = [unordered, orderedLayers(graph)].map((each) => crossings(each, graph.links));
      if (after >= before) wrong.push(`${before} crossings became ${after}`);
      """)
  }

  @Test("the map tells a rate only where it knows what it is of")
  func rates() async throws {
    try await expectNothingWrong(
      """
      const { graphOf } = await import("/map/graph.js");
      const { lookOf } = await import("/map/layout.js");
      const end = (remote_addr, direction = "outbound") =>
        ({ process_name: "curl", host: "h", direction, remote_addr, error: null });
      const records = [end("a:1"), end("b:1"), end("c:5", "inbound"), end("c:6", "inbound")];
      const failures = [
        { ...end("a:1"), error: "ECONNREFUSED", count: 10, successes: 80 },
        { ...end("a:1"), error: "ECONNTIMEOUT", count: 10, successes: 80 },
        { ...end("c:5", "inbound"), error: "ECONNRESET", count: 3, successes: 1 },
      ];
      const told = (records_, failures_) => {
        const isWhole = { records: records_, failures: failures_ };
        return graphOf(records, failures, "process", [9, 9, 9], isWhole).links
          .map((link) => `${link.errors}/${link.count} ${link.isWhole} ${lookOf(link)}`).sort().join(", ");
      };
      const expect = (isWhole, expected) => {
        const found = told(...isWhole);
        if (found !== expected) wrong.push(`${isWhole}: ${found}`);
      };
      expect([true, true], "0/1 true fine, 20/100 true partly, 3/4 true failing");
      // Of outbound failures the server tells the successes; those of a client's other ports it does not.
      expect([false, true], "0/1 false fine, 20/100 true partly, 3/4 false some");
      expect([false, false], "0/1 false fine, 20/100 false some, 3/4 false some");
      """)
  }

  @Test("labels of the map keep both ends and fit")
  func labels() async throws {
    try await expectNothingWrong(
      """
      const { fitted } = await import("/map/draw.js");
      const measure = (text) => 7 * text.length;
      const address = "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:17]:8443";
      if (fitted(address, 7 * address.length, measure) !== address) wrong.push("cut for nothing");
      for (let width = 40; width < 7 * address.length; width += 9) {
        const label = fitted(address, width, measure);
        const isCut = label.includes("…") && label.startsWith("[") && label.endsWith("3");
        if (!isCut || measure(label) > width) wrong.push(`${width}: ${label}`);
        if (measure(label) + 14 <= width) wrong.push(`${width} has room for more than ${label}`);
      }
      """)
  }

  @Test("the life of a connection ends where it failed")
  func life() async throws {
    try await expectNothingWrong(
      """
      const { stagesOf } = await import("/connections/life.js");
      const usual = {
        direction: "outbound", protocol: "tcp", state: "ESTABLISHED", error: null, error_stage: null,
        closed_at: null, established_at: null, local_addr: "10.0.0.1:4000", connect_us: 40,
        duration_us: null, bytes_sent: null, bytes_received: null,
      };
      const failed = { error: "ECONNREFUSED", closed_at: "2026-11-22T10:00:00Z", duration_us: 50 };
      const cases = [
        [{}, "Route+ Local port+ Handshake+ Established* Closed-"],
        [{ state: "SYN_SENT" }, "Route+ Local port+ Handshake* Established- Closed-"],
        [{ closed_at: "2026-11-22T10:00:00Z" }, "Route+ Local port+ Handshake+ Established+ Closed+"],
        [{ ...failed, error_stage: "handshake" }, "Route+ Local port+ Handshake! Established- Closed-"],
        [{ ...failed, error_stage: "route" }, "Route! Local port- Handshake- Established- Closed-"],
        [{ ...failed, established_at: "x" }, "Route+ Local port+ Handshake+ Established! Closed-"],
        [{ ...failed, direction: "inbound", error_stage: "accept" },
          "Handshake+ Accepted! Established- Closed-"],
        [failed, "Route? Local port? Handshake? Established? Failed!"],
        [{ ...failed, error_stage: "accept" }, "Route? Local port? Handshake? Established? Failed!"],
        [{ ...failed, direction: "listen" }, "Listening? Failed!"],
        [{ direction: "listen" }, "Listening* Closed-"],
        [{ ...failed, protocol: "udp", error_stage: "datagram" }, "Route+ Datagrams! Closed-"],
      ];
      const signs = { passed: "+", current: "*", failed: "!", ahead: "-", unsure: "?" };
      for (const [record, expected] of cases) {
        const found = stagesOf({ ...usual, ...record }).map(({ name, state }) => name + signs[state]).join(" ");
        if (found !== expected) wrong.push(`${found} is not ${expected}`);
      }
      """)
  }

  @Test("what nobody can judge yet leaves the table as it is")
  func previews() async throws {
    try await expectNothingWrong(
      """
      const { answerOf, previewOf } = await import("/connections/question.js");
      const { createDraft } = await import("/filter/draft.js");
      const question = (q, at = null) => ({
        q, at, since: null, until: null, sort: { id: "timestamp", isDescending: true },
      });
      const draft = createDraft("");
      const preview = (text) => {
        draft.set(text);
        return previewOf(question(""), draft.get(), 0);
      };
      for (const text of ["eror:any", "process:curl eror:x", "port:70000", "remote:10.0.0.0/8"]) {
        if (preview(text) !== null) wrong.push(`a preview of ${text}`);
      }
      const row = { id: 7, time: 1, process_name: "curl", error: null };
      if (!preview("process:curl")?.matches(row)) wrong.push("no preview");
      draft.reject("process:curl");
      if (previewOf(question(""), draft.get(), 0) !== null) wrong.push("a preview of a mistake");
      const unanswered = { answered: null, depth: -Infinity, isComplete: false };
      const answered = { ...unanswered, answered: new Set([7]) };
      if (answerOf(question("remote:10.0.0.0/8"), unanswered, 0) !== null) wrong.push("a guess");
      const answer = answerOf(question("remote:10.0.0.0/8"), answered, 0);
      if (!answer?.matches(row) || answer.matches({ ...row, id: 8 })) wrong.push("the server's answer");
      if (!answerOf(question("process:curl"), unanswered, 0)?.matches(row)) wrong.push("what is known");
      """)
  }

  @Test("menus stay within the window")
  func menus() async throws {
    try await expectNothingWrong(
      """
      const { placed } = await import("/table/placing.js");
      const rooms = [{ width: 360, height: 680 }, { width: 1280, height: 900 }];
      const sizes = [{ width: 200, height: 160 }, { width: 320, height: 900 }];
      for (const room of rooms) {
        for (const size of sizes) {
          for (const [left, top] of [[8, 60], [room.width - 90, 60], [8, room.height - 60]]) {
            for (const isRight of [false, true]) {
              const opener = { left, right: left + 80, top, bottom: top + 28 };
              const found = placed(opener, size, room, isRight);
              const bottom = found.top + Math.min(found.most, size.height);
              const isWithin = found.left >= 0 && found.left + size.width <= room.width
                && found.top >= 0 && bottom <= room.height;
              const covers = found.top < opener.bottom && bottom > opener.top;
              if (!isWithin || covers) wrong.push(JSON.stringify([opener, size, room, isRight, found]));
            }
          }
        }
      }
      """)
  }

  @Test("a moment is written in local time or with its offset")
  func moments() async throws {
    try await expectNothingWrong(
      """
      const { localText, momentIn } = await import("/connections/moment.js");
      const moment = Date.parse("2026-11-22T10:00:05Z");
      if (momentIn(localText(moment)) !== moment) wrong.push("there and back");
      for (const text of ["2026-11-22T10:00:05Z", " 2026-11-22 11:00:05 +01:00"]) {
        if (momentIn(text) !== moment) wrong.push(text);
      }
      for (const text of ["", "banana", "10:00", "2026-13-40 10:00", "2026-11-22 25:00"]) {
        if (momentIn(text) !== null) wrong.push(`took ${text}`);
      }
      """)
  }

  @Test("a host that is heard of may be behind")
  func hosts() async throws {
    try await expectNothingWrong(
      """
      const { conditionOf } = await import("/hosts/view.js");
      const now = Date.parse("2026-11-22T10:00:00Z");
      const cases = [
        [1, 0, "heard"], [1, null, "heard"], [1, 119, "heard"], [1, 120, "behind"],
        [120, 999_999, "late"], [3599, 0, "late"], [3600, 0, "silent"],
      ];
      for (const [age, lag_s, expected] of cases) {
        const host = { last_seen: new Date(now - age * 1000).toISOString(), lag_s };
        const found = conditionOf(host, now);
        if (found !== expected) wrong.push(`${age} s, ${lag_s} s behind: ${found}`);
      }
      """)
  }

  @Test("connections are grouped by what they are, and told as they stood")
  func groups() async throws {
    try await expectNothingWrong(
      """
      const { groupings, groupRows } = await import("/connections/grouping.js");
      const { outcomeAt } = await import("/connections/outcome.js");
      const usual = {
        process_name: "", remote_addr: "10.0.0.1:443", direction: "outbound", error: null,
        established_at: null, closed_at: null, state: "ESTABLISHED", timestamp: "2026-11-22T10:00:00Z",
      };
      const rows = [
        { ...usual, established_at: "2026-11-22T10:00:10Z", closed_at: "2026-11-22T11:00:00Z" },
        { ...usual, error: "ECONNTIMEOUT", closed_at: "2026-11-22T10:02:00Z" },
        { ...usual, direction: "listen", remote_addr: "0.0.0.0:0" },
      ];
      const outcomes = (moment) => rows.map((row) => outcomeAt(row, moment)).join(" ");
      const at = (time) => Date.parse(`2026-11-22T10:00:${time}Z`);
      if (outcomes(null) !== "closed failed listening") wrong.push(outcomes(null));
      if (outcomes(at("05")) !== "connecting connecting listening") wrong.push(outcomes(at("05")));
      if (outcomes(at("15")) !== "open connecting listening") wrong.push(outcomes(at("15")));
      const names = (by) => groupRows(rows, groupings[by], new Set(), (row) => outcomeAt(row, null))
        .map(({ value, rows, failed }) => `${value} ${rows.length} ${failed}`).join(", ");
      if (names("process") !== "unknown 3 1") wrong.push(names("process"));
      if (names("remote") !== "10.0.0.1:443 2 1, listening 1 0") wrong.push(names("remote"));
      """)
  }

  @Test("tables know which rows are in sight, and where a row has gone")
  func window() async throws {
    try await expectNothingWrong(
      """
      const { windowOf, findKey } = await import("/table/window.js");
      const { parseSort, formatSort, sortAfterClick } = await import("/table/header.js");
      const expect = (name, found, expected) => {
        if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(`${name}: ${JSON.stringify(found)}`);
      };
      expect("top", windowOf(0, 280, 28, 1000), { first: 0, last: 13 });
      expect("middle", windowOf(2800, 280, 28, 1000), { first: 97, last: 113 });
      expect("end", windowOf(1e9, 280, 28, 20), { first: 20, last: 20 });
      const keys = ["a", "b", "c", "d"];
      expect("keys", [[0, "d"], [3, "a"], [2, "b"], [9, "c"], [1, "x"]]
        .map(([place, key]) => findKey(keys, key, (each) => each, place)), [3, 0, 1, 2, -1]);
      const usual = { id: "timestamp", isDescending: true };
      expect("sort", [null, "bytes_sent", "-bytes_sent"].map((text) => formatSort(parseSort(text, usual))),
        ["-timestamp", "bytes_sent", "-bytes_sent"]);
      expect("clicks", sortAfterClick(usual, { id: "bytes_sent", isNumber: true }),
        { id: "bytes_sent", isDescending: true });
      expect("again", sortAfterClick(usual, { id: "timestamp" }), { id: "timestamp", isDescending: false });
      """)
  }
}
