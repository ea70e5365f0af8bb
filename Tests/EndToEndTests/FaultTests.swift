import Foundation
import TestSupport
import Testing

/// `faults` on a small scale; `docs/contributing.md` has the large one.
@Suite("Faults")
struct FaultTests {
  private func expectHolds(_ arguments: String...) async throws {
    try await expectHolds(arguments)
  }

  private func expectHolds(_ arguments: [String]) async throws {
    let result = try await ChildProcess.run(
      BuiltProducts.faults, arguments, lifetime: .seconds(300))
    #expect(result.status == 0, "\(arguments): \(result.output)\(result.errors)")
  }

  @Test("Killed at random moments, both sides lose nothing and deliver nothing twice")
  func kill() async throws {
    try await expectHolds("kill", "--rounds", "6", "--rate", "200", "--ready-within", "30s")
  }

  @Test("Killed at any write of a delivery, either side goes on", arguments: ["server", "agent"])
  func steps(side: String) async throws {
    try await expectHolds(
      "steps", "--side", side, "--records", "100", "--stride", "23", "--only", "kills",
      "--ready-within", "30s")
  }

  @Test("Calls that fail end nothing")
  func failingCalls() async throws {
    try await expectHolds(
      "steps", "--side", "server", "--records", "100", "--limit", "2", "--only", "errors",
      "--ready-within", "30s")
  }

  @Test("Connections that are cut cost nothing and double nothing")
  func proxy() async throws {
    try await expectHolds("proxy", "--cuts", "12", "--agents", "4")
  }

  @Test("Clients of a stream that are cut off miss nothing, and get nothing twice")
  func stream() async throws {
    try await expectHolds(
      "stream", "--cuts", "60", "--idle", "20", "--changes", "20000", "--ready-within", "30s")
  }

  @Test(
    "Slow clients and bombs keep nobody from being served",
    .disabled(if: ThreadSanitizer.isWatching, "ThreadSanitizer takes the memory that is measured"),
    arguments: [[], ["--plaintext"]])
  func slow(options: [String]) async throws {
    // A build for debugging on a busy machine is slow itself.
    try await expectHolds(
      ["slow", "--time", "6s", "--connections", "60", "--p99", "10s", "--growth", "64MB"] + options)
  }

  @Test("Full disks stop nothing for good", .enabled(if: geteuid() == 0, "needs root"))
  func disk() async throws {
    try await expectHolds("disk")
  }

  @Test("netmon starts on any damaged database")
  func corrupt() async throws {
    try await expectHolds(
      "corrupt", "--mutations", "56", "--starts", "14", "--records", "400", "--ready-within", "30s")
  }
}
