import Foundation
import Testing

/// `netmon-fuzz` on a small scale; `docs/contributing.md` has the large one.
@Suite("Fuzzing")
struct FuzzTests {
  private func fuzz(_ arguments: String...) async throws -> ChildProcess.Result {
    try await ChildProcess.run(BuiltProducts.netmonFuzz, arguments, lifetime: .seconds(300))
  }

  @Test("All parsers bear 1,000 mutants each")
  func shortRun() async throws {
    let directory = try TestDirectory()
    let kept = directory("input")
    let result = try await fuzz("--mutations", "1000", "--keep", kept)
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count > 20)
    #expect(lines.dropLast().allSatisfy { $0.contains(" 1000 mutants, ") })
    // Only what stops the program stays.
    #expect(!FileManager.default.fileExists(atPath: kept))
  }

  @Test("The input that stopped a run can be parsed again")
  func replay() async throws {
    let directory = try TestDirectory()
    let kept = directory("input")
    try Data([3, 0, 0, 0] + Array("0-1".utf8)).write(to: URL(fileURLWithPath: kept))
    #expect(try await fuzz("--parser", "cpu-list", "--replay", kept).status == 0)
    try Data([9, 0, 0, 0, 1]).write(to: URL(fileURLWithPath: kept))
    #expect(try await fuzz("--parser", "cpu-list", "--replay", kept).status == 1)
  }

  @Test("A parser that there is not")
  func unknownParser() async throws {
    let result = try await fuzz("--parser", "nothing")
    #expect(result.status == 1)
    #expect(result.errors.contains("page-6.1"))
  }
}
