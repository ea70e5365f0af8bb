import NetmonCore
import Testing

@testable import NetmonDoctor

/// What the self-test makes of records.
struct VerdictTests {
  private let end = Endpoint(IPAddress(ipv4: 0x7F00_0001), 4242)
  private let client = Endpoint(IPAddress(ipv4: 0x7F00_0001), 40_000)

  /// Refused, as process 7 must be.
  private var refusal: ExpectedRecord {
    ExpectedRecord(
      end: end, process: 7, path: "/bin/probe",
      outcome: .kernel(.ECONNREFUSED, .handshake, .peer_reset), networkNamespace: 99)
  }

  private var record: Connection {
    var record = Connection(
      timestamp: Timestamp(microseconds: 1_800_000_000_000_000), transport: .tcp, state: .CLOSE,
      local: client, remote: end)
    record.direction = .outbound
    record.process = ProcessDetails(
      identity: ProcessIdentity(pid: 7, startTime: 1), name: "probe", path: "/bin/probe")
    record.error = .ECONNREFUSED
    record.errorStage = .handshake
    record.errorSource = .kernel
    record.errorCause = .peer_reset
    record.networkNamespace = 99
    return record
  }

  private func verdict(
    _ expected: [ExpectedRecord], silent: [Int32] = [], _ records: [Connection]
  ) -> Verdict {
    Verdict(
      "probe", Provocation.Traces(told: "told", expected: expected, silent: silent), records)
  }

  @Test func asItMustBe() {
    let verdict = verdict([refusal], [record])
    #expect(verdict.outcome == .pass)
    #expect(verdict.missing == [])
    #expect(verdict.records == [record])
  }

  @Test func notRecorded() {
    var other = record
    other.remote.port = 4243
    let verdict = verdict([refusal], [other])
    #expect(verdict.outcome == .fail)
    #expect(verdict.missing == ["there is no record of outbound 127.0.0.1:4242"])
    #expect(verdict.records.isEmpty)
  }

  @Test func everyFieldCounts() {
    let mistakes: [(String, (inout Connection) -> Void)] = [
      ("error is null, not ECONNREFUSED", { $0.error = nil }),
      ("error_stage is accept, not handshake", { $0.errorStage = .accept }),
      ("error_source is inferred, not kernel", { $0.errorSource = .inferred }),
      ("error_cause is null, not peer_reset", { $0.errorCause = nil }),
      (
        "process_id is 8, not 7",
        { $0.process.identity = ProcessIdentity(pid: 8, startTime: 1) }
      ),
      ("process_path is , not /bin/probe", { $0.process.path = "" }),
      ("netns is null, not 99", { $0.networkNamespace = nil }),
      ("it was established", { $0.establishedAt = $0.timestamp }),
    ]
    for (mistake, change) in mistakes {
      var wrong = record
      change(&wrong)
      #expect(verdict([refusal], [wrong]).missing == [mistake])
    }
  }

  @Test func recordedTwice() {
    var again = record
    again.local.port = 40_001
    let verdict = verdict([refusal], [record, again])
    #expect(verdict.missing == ["there are 2 records of outbound 127.0.0.1:4242, not 1"])
  }

  @Test func twoAttemptsAtOneEnd() {
    var success = record
    (success.error, success.errorStage, success.errorSource, success.errorCause) =
      (nil, nil, nil, nil)
    success.establishedAt = success.timestamp
    var expected = refusal
    expected.outcome = ExpectedOutcome()
    expected.isEstablished = true
    #expect(verdict([refusal, expected], [success, record]).outcome == .pass)
    #expect(verdict([refusal, expected], [success]).outcome == .fail)
  }

  @Test func nothingOfSilentProcesses() {
    #expect(verdict([], silent: [8], [record]).outcome == .pass)
    let verdict = verdict([], silent: [7], [record])
    #expect(verdict.missing == ["there is a record of 127.0.0.1:4242"])
  }

  @Test func whatTheKernelDoesNotTellApart() {
    var expected = refusal
    expected.outcome.alternative = .ENETUNREACH
    var other = record
    other.error = .ENETUNREACH
    #expect(verdict([expected], [other]).outcome == .pass)
    #expect(verdict([expected], [record]).outcome == .pass)
    other.error = .EHOSTUNREACH
    #expect(verdict([expected], [other]).outcome == .fail)
  }
}
