import Testing

/// The limit of open files (getrlimit(2)).
@Suite("Open files")
struct OpenFileTests {
  private func once(_ limits: String) async throws -> ChildProcess.Result {
    let directory = try TestDirectory()
    return try await Netmon.shell(
      "ulimit \(limits) && netmon collect --once --source proc --db '\(directory("n.db"))'")
  }

  @Test("A low default is raised")
  func lowDefault() async throws {
    let result = try await once("-Sn 10")
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test("What is too few is said")
  func tooFew() async throws {
    let result = try await once("-n 20")
    #expect(result.status == 1)
    #expect(result.errors == "netmon: 64 open files must be allowed at least (ulimit -n)\n")
  }
}
