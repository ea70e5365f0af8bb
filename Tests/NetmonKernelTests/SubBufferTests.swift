import NetmonCore
import Testing

@testable import NetmonKernel

struct SubBufferTests {
  private let format: SubBufferFormat

  init() throws {
    format = try SubBufferFormat(headerPage: KernelFixture.text("6.18/header_page"))
  }

  private func records(_ page: [UInt8]) -> (times: [UInt64], sizes: [Int], isWhole: Bool) {
    var times: [UInt64] = []
    var sizes: [Int] = []
    let isWhole = format.forEachRecord(in: page.span.bytes) { time, record in
      times.append(time)
      sizes.append(record.byteCount)
    }
    return (times, sizes, isWhole)
  }

  /// A sub-buffer with these words as data.
  private func page(time: UInt64, _ words: [UInt32], commit: UInt64? = nil) -> [UInt8] {
    var page = ByteBuilder()
    page.append(time)
    page.append(commit ?? UInt64(words.count * 4))
    for word in words { page.append(word) }
    return page.bytes
  }

  private func header(_ kind: UInt32, _ delta: UInt32) -> UInt32 { delta << 5 | kind }

  @Test func sizeOfASubBuffer() { #expect(format.size == 4096) }

  @Test func dataRecords() {
    let found = records(page(time: 1000, [header(1, 5), 0, header(2, 7), 0, 0]))
    #expect(found.times == [1005, 1012])
    #expect(found.sizes == [4, 8])
    #expect(found.isWhole)
  }

  @Test func longRecord() {
    let data = [UInt32](repeating: 1, count: 40)
    let found = records(page(time: 0, [header(0, 1), 164] + data + [header(1, 1), 0]))
    #expect(found.times == [1, 2])
    #expect(found.sizes == [160, 4])
  }

  @Test func timeExtendAndAbsoluteTime() {
    let epoch: UInt64 = 0x10 << 56
    let found = records(
      page(
        time: epoch | 100,
        [header(30, 1), 2, header(1, 1), 0, header(31, 5), 8, header(1, 2), 0]))
    #expect(found.times == [epoch | (102 + 2 << 27), epoch | (8 << 27 + 7)])
  }

  @Test func discardedEventAndPadding() {
    let found = records(
      page(time: 0, [header(29, 10), 8, 0, header(1, 1), 0, header(29, 0), 0xFFFF_FFFF]))
    #expect(found.times == [11])
    #expect(found.isWhole)
  }

  @Test(arguments: [
    [UInt32(20 << 5 | 3), 0], [UInt32(1 << 5), 2, 0], [UInt32(1 << 5), 0xFFFF_FFF0, 0],
    [UInt32(30)],
  ])
  func brokenData(words: [UInt32]) { #expect(!records(page(time: 0, words)).isWhole) }

  @Test func brokenPages() {
    #expect(!records([1, 2, 3]).isWhole)
    #expect(!records(page(time: 0, [0, 0], commit: 4096)).isWhole)
  }

  @Test func missedEventsFlagIsNoLength() {
    #expect(records(page(time: 5, [header(1, 0), 0], commit: 8 | 1 << 31)).times == [5])
  }

  /// Recorded: connect to 127.0.0.1:1, then from IPv6 sockets to ::ffff:127.0.0.1 port 2 and to ::1
  /// port 2; nothing listens. Linux 5.10 does not report errors yet.
  @Test(arguments: ["5.10", "6.1", "6.12", "6.18", "7.2"])
  func recordedRefusals(version: String) throws {
    let events = try recordedEvents(version)
    #expect(events.map(\.time) == events.map(\.time).sorted())
    let states = events.compactMap { event -> String? in
      guard case .setState(let change) = event.kind else { return nil }
      return "\(change.tuple.remote) \(change.from)>\(change.to)"
    }
    #expect(
      states == [
        "127.0.0.1:1 CLOSE>SYN_SENT", "127.0.0.1:1 SYN_SENT>CLOSE", "127.0.0.1:2 CLOSE>SYN_SENT",
        "127.0.0.1:2 SYN_SENT>CLOSE", "[::1]:2 CLOSE>SYN_SENT", "[::1]:2 SYN_SENT>CLOSE",
      ])
    let errors = events.compactMap { event -> Int32? in
      guard case .errorReport(_, let error) = event.kind else { return nil }
      return error
    }
    let reportsErrors = version != "5.10"
    #expect(errors.filter { $0 == 111 }.count == (reportsErrors ? 3 : 0))
    let kinds = events.compactMap { event -> String? in
      switch event.kind {
      case .setState: "state"
      case .sendReset: "send"
      case .receiveReset: "receive"
      case .errorReport(_, let error): "error \(error)"
      case .destroy: "destroy"
      default: nil
      }
    }
    let reports = reportsErrors ? ["error 111", "error 0"] : []
    // Older kernels do not tell of a reset that belongs to no socket.
    let reset = ["5.10", "6.1"].contains(version) ? ["receive"] : ["send", "receive"]
    #expect(kinds.starts(with: ["state"] + reset + ["state"] + reports + ["destroy"]))
    // The processes that connect run one after another, each with a number of its own.
    let actors = events.compactMap { event -> Int32? in
      guard case .setState(let change) = event.kind, change.to == .SYN_SENT else { return nil }
      return event.isInterrupt ? nil : event.thread
    }
    #expect(actors.count == 3)
    #expect(Set(actors).count == (version == "6.18" ? 1 : 3))
  }

  private func recordedEvents(_ version: String) throws -> [SocketEvent] {
    let decoder = try KernelFixture.decoder(version)
    let header = try KernelFixture.text("\(version)/header_page")
    var events: [SocketEvent] = []
    let page = try KernelFixture.bytes("\(version)/refused.page.hex")
    let isWhole = try SubBufferFormat(headerPage: header).forEachRecord(in: page.span.bytes) {
      time, record in
      if let event = decoder.decode(record, time: time, cpu: 0) { events.append(event) }
    }
    #expect(isWhole)
    return events
  }
}
