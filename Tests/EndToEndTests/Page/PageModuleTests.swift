import BrowserDriver
import Testing

/// What the page's modules decide, asked in a real browser: those that know of no elements.
@Suite(
  "The page's modules", .serialized,
  .enabled(if: PageSite.isPossible, Comment(rawValue: PageSite.requirement))
)
struct PageModuleTests {
  private let site: PageSite
  private let page: Page

  init() async throws {
    site = try await PageSite()
    page = try await site.page()
  }

  /// The value of an expression in which `m` is a module, as JSON.
  private func value(_ expression: String, in module: String) async throws -> String? {
    try await page.evaluate(
      "import('/\(module).js').then((m) => JSON.stringify(\(expression)))"
    ).text
  }

  private struct Case: Sendable {
    let expression: String
    let expected: String

    init(_ expression: String, _ expected: String) {
      self.expression = expression
      self.expected = expected
    }
  }

  private func expect(_ cases: [Case], in module: String) async throws {
    for each in cases {
      let found = try await value(each.expression, in: module)
      #expect(found == each.expected, "\(each.expression)")
    }
  }

  @Test("say values as people read them")
  func formats() async throws {
    try await expect(
      [
        Case(
          "[0, 999, 999.6, 1234, 10_000, 1e6].map(m.bytes)",
          #"["0 B","999 B","1.0 kB","1.2 kB","10 kB","1.0 MB"]"#),
        Case(
          "[40, 999, 1234, 99_940, 999_600, 61e6, 3600e6, 90_000e6, null].map(m.duration)",
          #"["40 µs","999 µs","1.2 ms","100 ms","1.0 s","1 min 1 s","1 h","1 d 1 h","–"]"#),
        Case(
          "[[0, 0], [0, 5], [5, 5], [1, 3000], [2999, 3000], [1, 30]].map(([a, b]) => m.percent(a, b))",
          #"["–","0 %","100 %","< 0.1 %","> 99.9 %","3.3 %"]"#),
        Case(
          "[0, 59, 60, 3599, 7200, 172_800].map((s) => m.ago(1e12 - s * 1000, 1e12))",
          #"["now","59 s ago","1 min ago","59 min ago","2 h ago","2 d ago"]"#),
        Case(#"m.visible("a\u202eb\u001b\u200b c")"#, #""a\\u{202e}b\\u{1b}\\u{200b} c""#),
        Case(#"[m.plural(1, "gap"), m.plural(1200, "gap")]"#, #"["1 gap","1,200 gaps"]"#),
      ], in: "core/format")
  }

  @Test("keep the state in the URL and take it from there")
  func state() async throws {
    try await expect(
      [
        Case("m.formatState(m.initialState)", #""""#),
        Case(
          "m.formatState(m.parseState('?view=map&q=error%3Aany+x&since=1h&paused=1&other=2'))",
          #""?view=map&q=error%3Aany+x&since=1h&paused=1""#),
        Case("m.questionOf(m.parseState('?q=+x+&since=all'))", #"{"q":"x"}"#),
        Case(
          "m.questionOf(m.parseState('?since=1h&until=2026-11-22T10:00Z'))",
          #"{"since":"1h","until":"2026-11-22T10:00Z"}"#),
      ], in: "core/state")
  }

  @Test("leave out of an address what cannot be meant")
  func address() async throws {
    let state = "{ view: 'map', since: '1h', until: null, at: null, group: null, sort: null, "
    try await expect(
      [
        Case("m.mended(\(state)}, 0)", #"{"patch":{},"reasons":[]}"#),
        Case("m.mended(\(state)since: 'all', sort: '-share', group: 'host' }, 0).reasons", "[]"),
        Case(
          "m.mended(\(state)view: 'x', since: 'banana', at: 'b', group: 'zz' }, 0)",
          #"{"patch":{"view":"errors","since":null,"at":null,"group":null},"#
            + #""reasons":["view=x (no such view)","since=banana (no time)","at=b (no time)","#
            + #""group=zz (nothing to group by)"]}"#),
        Case(
          "m.mended(\(state)since: '2026-11-22T10:00Z', until: '2026-11-22T09:00Z', sort: 'nope' }, 0).patch",
          #"{"until":null,"sort":null}"#),
      ], in: "frame/address")
  }

  @Test("know where the terms of a filter are")
  func language() async throws {
    try await expect(
      [
        Case(
          #"m.parse('a  -process:"my app",x* ').map(({ text, key, isNegated }) => [text, key, isNegated])"#,
          #"[["a",null,false],["-process:\"my app\",x*","process",true]]"#),
        Case(
          #"m.parse('path:"a\\*b"*').flatMap(({ values }) => values.map(({ pieces }) => pieces))"#,
          #"[["a*b",""]]"#),
        Case(
          #"[m.term('process', 'a b*"c'), m.term('process', ''), m.term('remote', '[::1]:80'), m.term('path', '-x')]"#,
          #"["process:\"a b\\*\\\"c\"","process:\"\"","remote:[::1]:80","path:\"-x\""]"#),
        Case(
          """
          [["ab", "a"], ["a b", "a"], ["a", ""], ["a -b", "a"], ["pid:1 a", "pid:1"], ["pid:1", "pid:1"]]
            .map((pair) => m.isNarrower(...pair))
          """, "[true,true,true,true,true,true]"),
        Case(
          """
          [["b", "a"], ["a", "ab"], ["ab:", "ab"], ["a,b", "a"], ["-ab", "-a"], ["ab c", "a c"], ["pid:12", "pid:1"],
           ["a*", "a"], ["a since:1h", "a"], ['"a b"', '"a"']].map((pair) => m.isNarrower(...pair))
          """, "[false,false,false,false,false,false,false,false,false,false]"),
        Case("m.narrowed('error:any x -pid:1', 'error:EPIPE')", #""x -pid:1 error:EPIPE""#),
        Case("m.narrowed('x -pid:1', 'pid:1')", #""x pid:1""#),
        Case(
          #"['error:', 'error:a,', '-', 'process:"a', 'error:any', 'x ', ''].map(m.isUnfinished)"#,
          "[true,true,true,true,false,false,false]"),
      ], in: "filter/language")
    try await expect(
      [
        Case("m.placeAt('error:any,no', 12)", #"{"key":"error","typed":"no","start":10,"end":12}"#),
        Case("m.placeAt('error:any -pro', 14)", #"{"key":null,"typed":"pro","start":11,"end":14}"#),
        Case("m.placeAt('process:x y', 3)", #"{"key":null,"typed":"pro","start":0,"end":8}"#),
      ], in: "filter/completion")
  }

  @Test("know a mistake that needs no server")
  func soundness() async throws {
    let keys = """
      [{ name: "process", aliases: ["process_name"], values: [] },
       { name: "state", aliases: [], values: ["LISTEN", "CLOSE"] }]
      """
    try await expect(
      [
        Case(
          "['process_name:x y', 'state:listen,close', 'state:', '-state:LISTEN', ''].map((q) => m.isSound(q, \(keys)))",
          "[true,true,true,true,true]"),
        Case(
          "['proces:x', 'state:LIST', 'x -state:CLOSE,OPEN'].map((q) => m.isSound(q, \(keys)))",
          "[false,false,false]"),
        Case("m.isSound('nonsense:1', [])", "true"),
      ], in: "filter/soundness")
  }

  @Test("complete every key that the server describes, and the values of choices")
  func catalog() async throws {
    let wrong = try await page.evaluate(
      """
      (async () => {
        const { keysIn } = await import("/filter/catalog.js");
        const keys = keysIn(await (await fetch("/api/openapi.json")).json());
        const key = (name) =>
          keys.find((each) => each.name === name || each.aliases.includes(name));
        const known = ["error", "process", "process_name", "remote", "port", "since", "at", "netns",
          "latency", "bytes", "container", "rtt_us"];
        return [
          ...known.filter((name) => !key(name)?.summary || !key(name).example),
          ...["any", "ECONNREFUSED"].filter((value) => !key("error").values.includes(value)),
          ...["SYN_SENT", "LISTEN"].filter((value) => !key("state").values.includes(value)),
          ...["process", "latency"].filter((name) => key(name).values.length > 0),
          ...["limit", "cursor", "q"].filter((name) => key(name)),
        ];
      })()
      """)
    #expect(wrong == .list([]))
  }

  /// What the box narrows with before the server has answered, is what the server answers.
  @Test("narrow records as the server does")
  func predicate() async throws {
    let disagreements = try await page.evaluate(
      """
      (async () => {
        const { predicateOf } = await import("/filter/predicate.js");
        const ask = async (q) =>
          (await fetch(`/api/connections?limit=10000&q=${encodeURIComponent(q)}`)).json();
        const all = await ask("");
        const [some] = all.filter(({ error }) => error);
        const port = some.remote_addr.split(":").at(-1);
        const address = some.remote_addr.slice(0, -port.length - 1);
        const filters = [
          "error:any", "error:none", "-error:any", "error:ECONNREFUSED,ETIMEDOUT", "error:econnreset",
          "process:curl", "process:c*", "process:*r*", "-process:curl,nginx", 'process:"cur l"', "CURL",
          "nginx error:any", "web", "state:close", "-state:CLOSE", "protocol:tcp", "pid:>100", "pid:1..50",
          "latency:>1ms", "latency:<=500us", "duration:>1s", "bytes:>1kB", "bytes:0", "since:1h",
          "until:now", "since:2015-01-01", "until:2020-01-01T00:00Z", `port:${port}`, "port:1..1024",
          `remote:${address}`, `remote::${port}`, `remote:${address}:${port}`, "host:web-*", "errno:111",
          "stage:handshake", "cause:peer_reset", "family:ipv4", "-service:https", `id:${some.id}`,
        ];
        const wrong = [];
        for (const q of filters) {
          const expected = (await ask(q)).map(({ id }) => id).sort().join();
          const found = all.filter(predicateOf(q)).map(({ id }) => id).sort().join();
          if (expected !== found) wrong.push(q);
        }
        // What is not understood narrows nothing.
        for (const q of ["error:", "remote:10.0.0.0/8", "nonsense:1", "latency:>5", "since:soon", "port:70000"]) {
          if (!all.every(predicateOf(q))) wrong.push(q);
        }
        return all.length > 100 ? wrong : ["too few records"];
      })()
      """)
    #expect(disagreements == .list([]))
  }

  @Test("draw the time band to scale")
  func timeBand() async throws {
    let timeline = """
      m.timelineOf({ from: "2026-11-22T10:00:00Z", to: "2026-11-22T10:04:00Z", bucket: "1m",
        connections_bucket: "2m", gaps: [], buckets: [
          { time: "2026-11-22T10:00:00Z", connections: 10, errors: { ECONNREFUSED: 4 } },
          { time: "2026-11-22T10:01:00Z", connections: null, errors: {} },
          { time: "2026-11-22T10:02:00Z", connections: 5, errors: { ECONNREFUSED: 1, ECONNRESET: 1 } },
          { time: "2026-11-22T10:03:00Z", connections: null, errors: {} }] })
      """
    try await expect(
      [
        Case("[0, 3, 6, 7, 11, 99, 100, 101].map(m.ceiling)", "[1,3,6,8,20,100,100,200]"),
        Case(
          "m.bars(\(timeline), { width: 400, errors: 41, connections: 20 })",
          #"{"paths":{"refused":"M0.8 1h98.5v40h-98.5zM200.8 31h98.5v10h-98.5z","#
            + #""reset":"M200.8 21h98.5v10h-98.5z"},"#
            + #""connections":"M0.8 42h198.5v20h-198.5zM200.8 42h198.5v10h-198.5z","#
            + #""mostErrors":4,"mostConnections":10}"#),
        Case(
          "[0, 59, 60, 239, 999].map((s) => m.bucketAt(\(timeline), Date.parse('2026-11-22T10:00:00Z') + s * 1000))",
          "[0,0,1,3,3]"),
        Case("m.connectionsIn(\(timeline), 0, 3)", "null"),
      ], in: "time/bars")
    try await expect(
      [
        Case("m.ticks(0, 3_600_000, 4, 0)", "[0,900000,1800000,2700000,3600000]"),
        Case("m.ticks(0, 86_400_000, 2, -30).map((time) => time / 60_000)", "[690,1410]"),
        Case(
          "m.moved({ from: 0, to: 60_000 }, 0.5, 70_000)",
          #"{"since":"1970-01-01T00:00:10.000Z","until":"1970-01-01T00:01:10.000Z"}"#),
        Case(
          "['24h', '1d', '1h', 'all', null].map((since) => m.isSameSpan(since, '1d'))",
          "[true,true,false,false,false]"),
        Case(
          "m.spanOf({ since: '1h', until: null }, { from: 1, to: 9e9 }, 3_600_005)",
          #"{"from":5,"to":3600005}"#),
        Case(
          "m.spanOf({ since: 'all', until: '1970-01-01T00:00:10Z' }, { from: 1, to: 2 }, 0)",
          #"{"from":1,"to":10000}"#),
        Case(
          "(([a, b]) => [m.spanText(a, b, b), m.spanText(a, a + 7e5, a)])([10, 11].map((day) => +new Date(2026, 4, day, 5)))",
          #"["10 May 05:00 – 11 May 05:00","05:00 – 05:11"]"#),
        Case(
          "[m.firstSpan({ newest: null }, 0), m.firstSpan({ newest: '1970-01-01T00:00:00Z' }, 60_000)]",
          #"["all","1h"]"#),
      ], in: "time/span")
  }

  @Test("put the errors with most failures first")
  func errors() async throws {
    let groups = """
      [{ error: "EPIPE", process_name: "a", remote_addr: "10.0.0.1:1", count: 3, successes: 1,
         first: "2026-11-22T10:00:00Z", last: "2026-11-22T10:00:03Z", trend: [0, 0, 0, 3] },
       { error: "ECONNREFUSED", process_name: "b", remote_addr: "10.0.0.2:2", count: 2, successes: 0,
         first: "2026-11-22T10:00:00Z", last: "2026-11-22T10:00:01Z", trend: [1, 1, 0, 0] },
       { error: "ECONNREFUSED", process_name: "c", remote_addr: "10.0.0.2:2", count: 2, successes: 0,
         first: "2026-11-22T09:00:00Z", last: "2026-11-22T10:00:02Z", trend: [0, 2, 0, 0] }]
      """
    let answer = """
      { groups: \(groups), total: 9, total_groups: 5,
        timeline: [{ counts: { ECONNREFUSED: 5, EPIPE: 3 } }, { counts: { ECONNREFUSED: 1 } }] }
      """
    try await expect(
      [
        Case(
          "m.sectionsOf(\(answer)).map(({ error, count, first, last, trend }) => [error, count, first, last, trend])",
          #"[["ECONNREFUSED",6,"2026-11-22T09:00:00Z","2026-11-22T10:00:02Z",[1,3,0,0]],"#
            + #"["EPIPE",3,"2026-11-22T10:00:00Z","2026-11-22T10:00:03Z",[0,0,0,3]]]"#),
        Case("\(groups).map(m.isNew)", "[true,false,false]"),
        Case(
          "(({ total, lead: { process, verb, rest } }) => [total, process + ' ' + verb + rest])(m.headline(m.sectionsOf(\(answer)), \(answer)))",
          #"["9 failures, 3 of 5 groups shown","#
            + #""a is cut off by: 3 of them (33 %). 75 % of its attempts there fail."]"#),
        Case(
          "(({ lead, spread }) => [lead, spread])(m.headline(m.sectionsOf(\(answer)), { total: 60, total_groups: 50 }))",
          #"[null,"10 % of them are ECONNREFUSED; no process or destination stands out."]"#),
        Case(
          "m.sectionsOf({ timeline: [], groups: \(groups).map((group) => ({ ...group, process_name: 'a', remote_addr: 'b' })) }).flatMap(({ groups }) => groups.map(({ failures }) => failures))",
          "[7,7,7]"),
        Case("m.headline([], { total: 0, total_groups: 0 })", "null"),
      ], in: "errors/summary")
    try await expect(
      [
        Case(
          "m.within([{ timestamp: '3', closed_at: '5' }, { timestamp: '1', closed_at: null }, { timestamp: '1', closed_at: '4' }, { timestamp: '1', closed_at: '6' }], { first: '4', last: '5' }).length",
          "2")
      ], in: "errors/attempts")
    try await expect(
      [
        Case(
          "m.filledIn('nc ADDR PORT; x remote:ADDR:PORT -t PID UNIT', { remote_addr: '[::1]:80', process_id: 7 })",
          #""nc ::1 80; x remote:[::1]:80 -t 7 UNIT""#)
      ], in: "errors/explanations")
  }

  @Test("take the latest state of a record, and come back at different times")
  func stream() async throws {
    try await expect(
      [
        Case(
          #"m.latestRecords(['{"id":1,"a":1}', '{"id":2}', '{"id":1,"a":2}'])"#,
          #"[{"id":2},{"id":1,"a":2}]"#),
        Case("[m.retryDelay(0, 0), m.retryDelay(0, 1), m.retryDelay(99, 0.5)]", "[375,625,4000]"),
      ], in: "core/live")
  }
}
