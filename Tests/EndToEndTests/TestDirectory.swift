import Foundation

/// A directory of one test, removed at the end of its life.
final class TestDirectory: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("netmon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Copies a program here, where other users may run it and where it may be called anything.
  ///
  /// Another process does it: while this one had the copy open for writing, a child that it forks
  /// would inherit that, and nobody could execute the copy (execve(2), `ETXTBSY`).
  func copy(of program: String, named name: String) async throws -> String {
    let copying = try await ChildProcess.run("cp", ["--", program, self(name)])
    guard copying.status == 0, chmod(path, 0o755) == 0 else { throw CopyFailure(result: copying) }
    return self(name)
  }

  struct CopyFailure: Error {
    var result: ChildProcess.Result
  }
}
