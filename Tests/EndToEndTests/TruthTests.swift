import Foundation
import Testing

/// What netmon records, against what the processes that it watched know.
@Suite("The truth")
struct TruthTests {
  @Test(
    "Every attempt is recorded as it was",
    .enabled(if: ChildProcess.find("ip") != nil, "needs ip (Debian: iproute2)"),
    .enabled("needs root and tracefs") { try await canTrace() })
  func everyAttempt() async throws {
    var run = try await Self.compare()
    // Between a socket's end and the kernel's report of why, a process on another CPU that does not block
    // can ask for the error, which clears it (sock_error in include/net/sock.h): the report then says 0.
    if Self.lacksErrors(run.output) { run = try await Self.compare() }
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.contains("misses: 0; false failures: 0; surplus records: 0"))
  }

  /// Whether nothing is wrong but the errors of one attempt or two.
  private static func lacksErrors(_ output: String) -> Bool {
    let misses = output.split(separator: "\n").filter { $0.contains(" × ") }
    return misses.count == 1
      && misses.allSatisfy {
        ($0.hasPrefix("1 ×") || $0.hasPrefix("2 ×")) && $0.hasSuffix(": error, ending")
      }
  }

  private static func compare() async throws -> ChildProcess.Result {
    try await ChildProcess.run(
      BuiltProducts.truth, ["--attempts", "1500", "--rate", "300", "--limit", "150s"],
      lifetime: .seconds(180))
  }

  private static func canTrace() async throws -> Bool {
    let directory = try TestDirectory()
    let look = try await Netmon.run(
      ["collect", "--once", "--source", "kernel", "--db", directory("netmon.db")])
    return look.status == 0
  }
}
