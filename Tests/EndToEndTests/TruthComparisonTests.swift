import NetmonCore
import Testing

@testable import truth

/// That the checker of the truth sees every kind of untruth.
@Suite("The comparison with the truth")
struct TruthComparisonTests {
  private static let start = Timestamp(microseconds: 1_795_000_000_000_000)
  private let refused: LoggedAttempt = {
    var attempt = LoggedAttempt(
      class: "refused", pid: 100, path: "/opt/tool", name: "tool", netns: 1,
      remote: Endpoint(.anyIPv4, 80), start: start)
    attempt.localPort = 4000
    attempt.told = .error(.ECONNREFUSED)
    return attempt
  }()

  /// The record that the attempt must make.
  private let record: Connection = {
    var record = Connection(
      timestamp: start.advanced(byMicroseconds: 5), transport: .tcp, state: .CLOSE,
      local: Endpoint(.anyIPv4, 4000), remote: Endpoint(.anyIPv4, 80))
    record.direction = .outbound
    record.process = ProcessDetails(
      identity: ProcessIdentity(pid: 100, startTime: 1), name: "tool", path: "/opt/tool")
    record.networkNamespace = 1
    record.error = .ECONNREFUSED
    record.errorStage = .handshake
    record.errorCause = .peer_reset
    return record
  }()

  private func report(
    _ attempts: [LoggedAttempt], _ records: [Connection], gaps: [LostEvents] = []
  ) -> Report {
    Report(Comparison(attempts, records), innocents: 0, gaps: gaps)
  }

  @Test func theTruth() {
    let report = report([refused, refused], [record, record])
    #expect(report.isTrue(allowingGaps: false))
    #expect(report.text.contains("| refused | 2 | 2 | 2 | 2 | 2 | 2 | 2 | 2 |"))
  }

  private struct Untruth: Sendable {
    var flaw: String
    var change: @Sendable (inout Connection) -> Void

    init(_ flaw: String, _ change: @escaping @Sendable (inout Connection) -> Void) {
      (self.flaw, self.change) = (flaw, change)
    }

    static let all = [
      Untruth("process") { $0.process.identity = ProcessIdentity(pid: 7, startTime: 1) },
      Untruth("path") { $0.process.path = "/opt/other" },
      Untruth("path") { $0.process.name = "x" },
      Untruth("namespace") { $0.networkNamespace = nil },
      Untruth("ending") { $0.errorStage = .established },
      Untruth("ending") { $0.errorCause = .icmp },
      Untruth("error, ending") { $0.error = nil },
      Untruth("missing") { $0.local.port = 4001 },
      Untruth("missing") { $0.remote.port = 81 },
      Untruth("missing") { $0.direction = .inbound },
      Untruth("missing") { $0.transport = .udp },
      Untruth("missing") { $0.timestamp = start.advanced(byMicroseconds: 9_000_000) },
    ]
  }

  @Test(arguments: Untruth.all.indices)
  func untruth(_ index: Int) {
    let untruth = Untruth.all[index]
    var wrong = record
    untruth.change(&wrong)
    let report = report([refused], [wrong])
    #expect(report.misses == 1 && !report.isTrue(allowingGaps: false))
    #expect(report.text.contains("refused: \(untruth.flaw)\n"), "\(report.text)")
  }

  @Test func whatIsTooMuch() {
    let twice = report([refused], [record, record])
    #expect(twice.misses == 0 && twice.falseFailures == 1)
    var success = record
    (success.error, success.errorStage, success.errorCause) = (nil, nil, nil)
    #expect(report([refused], [record, success]).surplus == 1)
    var listener = success
    listener.direction = .listen
    #expect(report([refused], [record, listener]).isTrue(allowingGaps: false))
    var others = record
    others.process.path = "/usr/bin/other"
    #expect(report([refused], [record, others]).isTrue(allowingGaps: false))
    var innocent = refused
    innocent.isNothing = true
    #expect(report([innocent], [record]).falseFailures == 1)
  }

  @Test func anExcuse() {
    let gaps = [LostEvents(count: 3, reason: "the ring was full")]
    let missing = report([refused], [], gaps: gaps)
    #expect(missing.isTrue(allowingGaps: true) && !missing.isTrue(allowingGaps: false))
    #expect(!report([refused], []).isTrue(allowingGaps: true), "nothing was said")
    var wrong = record
    wrong.error = .ECONNRESET
    #expect(!report([refused], [wrong], gaps: gaps).isTrue(allowingGaps: true))
  }

  @Test func theProcessThatGaveUp() {
    var attempt = refused
    attempt.told = .nothing
    for (elapsed, names) in [
      (999_999, ["ECONNABORTED"]), (1_020_000, ["ECONNABORTED", "ECONNTIMEOUT"]),
      (1_050_000, ["ECONNTIMEOUT"]),
    ] as [(Int64, Set<String>)] {
      attempt.elapsed = elapsed
      #expect(Set(Expectation(attempt).endings.map { $0.error?.name ?? "" }) == names)
    }
    attempt.end = "lost"
    #expect(Expectation(attempt).endings.map(\.error) == [nil])
  }
}
