import NetmonCore
import Testing
import TestSupport

/// What holds for any mixture of events, not for one script.
@Suite struct EventMergingTests {
  private typealias Case = (events: [SocketEvent], expected: [String])

  /// A random case with sockets, threads and ports of its own, so that it does not depend on others.
  private func randomCase(
    _ number: Int, _ generator: inout SplitMix, cpus: UInt32
  ) throws -> Case {
    let row = AttemptCase.all[Int.random(in: 0..<AttemptCase.all.count, using: &generator)]
    let family = EventScript.Family.allCases[Int.random(in: 0..<3, using: &generator)]
    let cpu = UInt32.random(in: 0..<cpus, using: &generator)
    let base = Int32(10_000 + number * 10)
    let variant = EventTrackingTests.Variant(
      description: "random", isBlocking: Bool.random(using: &generator), thread: base,
      process: base, path: "/usr/bin/client", bystander: base + 1,
      prelude: "100 fork \(base)/\(base) 100/100\n", epilogue: "\n\(base) gone \(base)/\(base)")
    let start = UInt64.random(in: 0..<3_000_000_000, using: &generator)
    let script = EventScript(
      family: family, start: 1_000_000_000_000 + start,
      socketBase: UInt64(number + 1) << 32, cpu: cpu)
    func own(_ text: String) -> String {
      var text = text
      for (index, port) in ["4000", "4001", "4002", "5000", "8080", "8081"].enumerated() {
        text = text.replacing(":\(port)", with: ":\(10_000 + number * 8 + index)")
      }
      return text.replacing("400/400", with: "\(base + 5)/\(base + 5)")
        .replacing("400 c", with: "\(base + 5) c").replacing("CLOSE 400", with: "CLOSE \(base + 5)")
    }
    let events = try script.events(own(EventTrackingTests.script(row, variant, family)))
    let expected = row.records.map { EventTrackingTests.expected(own($0), variant, family) }
    return (events, expected)
  }

  /// Which case a record is of, as far as its process or its ports were not lost.
  private func caseNumber(of record: Connection) -> Int? {
    let pid = Int(record.process.identity.pid)
    if pid >= 10_000 { return (pid - 10_000) / 10 }
    return [record.local.port, record.remote.port].first { $0 >= 10_000 }.map {
      (Int($0) - 10_000) / 8
    }
  }

  /// Events in the order of their time; those of one moment in the order of the cases.
  private func merge(_ cases: [Case]) -> [SocketEvent] {
    cases.flatMap(\.events).enumerated()
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
  }

  @Test(arguments: 0..<40)
  func anyInterleavingGivesTheSameRecords(_ seed: Int) throws {
    var generator = SplitMix(seed: UInt64(seed))
    let cases = try (0..<60).map { try randomCase($0, &generator, cpus: 4) }
    var host = TracedHost()
    for event in merge(cases) {
      host.play([event])
      if Int.random(in: 0..<50, using: &generator) == 0 { host.tracker.advance(to: event.time) }
    }
    let records = host.finish(after: 3_000_000_000)
    #expect(records.map(summary).sorted() == cases.flatMap(\.expected).sorted())
    #expect(Set(records.map(\.origin)).count == records.count)
  }

  @Test(arguments: 0..<40)
  func lossesCostKnowledgeNotTruth(_ seed: Int) throws {
    var generator = SplitMix(seed: UInt64(1000 + seed))
    let cases = try (0..<60).map { try randomCase($0, &generator, cpus: 4) }
    let truth = cases.map { Set($0.expected.flatMap { $0.split(separator: " ").map(String.init) }) }
    var host = TracedHost()
    // The loss is known before the events of its drain are handled.
    let end = 1_000_000_000_000 + 10_000_000_000_000 as UInt64
    host.tracker.handle(
      SocketEvent(time: 1, cpu: 0, thread: 0, kind: .lost(.tracefs, count: 1, until: end)))
    let kept = merge(cases).filter { _ in Int.random(in: 0..<100, using: &generator) >= 15 }
    host.play(kept)
    let records = host.finish(after: 3_000_000_000)
    var judged = 0
    for record in records {
      guard let error = record.error, let number = caseNumber(of: record) else { continue }
      judged += 1
      // A reset before accept is one for the kernel.
      let isTrue =
        truth[number].contains(error.name)
        || error == .ECONNRESET && truth[number].contains("ECONNABORTED")
      #expect(isTrue, "\(summary(record)) is none of \(truth[number])")
    }
    #expect(judged > 5)
    #expect(host.tracker.openCount < 400)
  }

  @Test func randomEventsNeverCrash() {
    var generator = SplitMix(seed: 7)
    let ends = (0..<6).map { Endpoint(IPAddress(ipv4: 0x7F00_0001 + $0 % 2), UInt16($0 * 40)) }
    var host = TracedHost()
    var time: UInt64 = 5_000_000
    for step in 0..<200_000 {
      time &+= UInt64.random(in: 0..<2_000_000, using: &generator)
      let tuple = SocketEvent.Tuple(
        Bool.random(using: &generator) ? .tcp : .udp,
        local: ends.randomElement(using: &generator) ?? ends[0],
        remote: ends.randomElement(using: &generator) ?? ends[0])
      let socket = UInt64.random(in: 0..<8, using: &generator)
      let number = Int32.random(in: 0..<12, using: &generator)
      let kinds: [SocketEvent.Kind] = [
        .setState(
          .init(
            socket: socket, tuple: tuple,
            from: TCPState.allCases.randomElement(using: &generator) ?? .CLOSE,
            to: TCPState.allCases.randomElement(using: &generator) ?? .CLOSE)),
        .errorReport(tuple, error: [0, 104, 111, -1, .min].randomElement(using: &generator) ?? 0),
        .destroy(socket: socket, tuple, cookie: UInt64(number)),
        .receiveReset(socket: socket, tuple), .sendReset(socket: socket, tuple),
        .retransmit(socket: socket, tuple, error: -1),
        .icmpSend(tuple, type: 3, code: UInt8(number)),
        .routeLookup(
          tuple, table: 254, error: [0, -11, -113, .min].randomElement(using: &generator) ?? 0),
        .connectEnter(descriptor: number, destination: tuple.remote),
        .connectExit(result: [0, -111, -115, -512, .min].randomElement(using: &generator) ?? 0),
        .fork(process: number, thread: number + 1, parentProcess: 3, parentThread: 3),
        .exit(process: number, thread: number),
        .name(process: number, thread: number, name: "x", isExec: Bool.random(using: &generator)),
        .networkNamespace(process: number, thread: number, inode: UInt64(number % 3)),
        .figures(
          cookie: UInt64(number), .init(bytesSent: 1, bytesReceived: 1, rtt: 1, retransmits: 1)),
        .lost(.tracefs, count: 1, until: time),
      ]
      host.play([
        SocketEvent(
          // Two sources are not always merged in time.
          time: time &- UInt64.random(in: 0..<9_000_000, using: &generator),
          cpu: UInt32.random(in: 0..<3, using: &generator), thread: number,
          isInterrupt: Bool.random(using: &generator),
          kind: kinds[Int.random(in: 0..<kinds.count, using: &generator)])
      ])
      if step % 1000 == 0 {
        host.tracker.advance(to: time)
        _ = host.tracker.drain()
      }
    }
    // At most one per kernel address, and the UDP sockets that no snapshot ended.
    #expect(host.tracker.openCount < 8 + 2 * 36 * 3)
  }
}
