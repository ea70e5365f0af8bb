import Foundation
import Testing

/// The `sqlite3` program: SQL from a process that knows nothing of netmon.
struct SQLiteShell {
  let file: String

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  static let path = ["/usr/bin/sqlite3", "/usr/local/bin/sqlite3"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Runs statements and returns what they print.
  @discardableResult
  func run(_ sql: String) throws -> String {
    let shell = try start(sql)
    return try Self.finish(shell)
  }

  /// Starts the statements and returns at once.
  func start(_ sql: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.path))
    process.arguments = ["-batch", "-bail", "-cmd", ".timeout 10000", file]
    let input = Pipe()
    process.standardInput = input
    process.standardOutput = Pipe()
    process.standardError = Pipe()
    try process.run()
    // On a thread of its own: the pipe may fill while nobody reads the other end.
    Thread.detachNewThread {
      try? input.fileHandleForWriting.write(contentsOf: Data(sql.utf8))
      try? input.fileHandleForWriting.close()
    }
    return process
  }

  static func finish(_ process: Process) throws -> String {
    func text(_ pipe: Any?) throws -> String {
      let data = try (pipe as? Pipe)?.fileHandleForReading.readToEnd()
      return String(decoding: data ?? Data(), as: UTF8.self)
    }
    let (output, errors) = (try text(process.standardOutput), try text(process.standardError))
    process.waitUntilExit()
    guard process.terminationStatus == 0, errors.isEmpty else { throw Failure(description: errors) }
    return output
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips where there is no `sqlite3` to run.
  static var needsSQLiteShell: Self {
    .enabled(if: SQLiteShell.path != nil, "the program sqlite3 is not installed")
  }
}
