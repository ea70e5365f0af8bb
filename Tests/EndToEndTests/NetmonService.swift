import Glibc

/// A running `netmon serve` or `netmon collect` that has said what it does.
struct NetmonService {
  let process: ChildProcess
  /// What it said on its first line.
  let announcement: String

  private init(_ arguments: [String]) async throws {
    process = try ChildProcess(
      BuiltProducts.netmon, arguments, environment: Netmon.environment, lifetime: .seconds(300))
    guard let line = await process.errors.line(), line.contains("ing ") else {
      throw Failure(arguments: arguments, status: await process.status)
    }
    announcement = line
  }

  /// A server, on any free port unless one is given.
  static func serve(
    _ database: String, port: String = "0", _ options: [String] = []
  ) async throws -> NetmonService {
    try await NetmonService(["serve", "--db", database, "--port", port] + options)
  }

  /// A collector that looks ten times a second.
  static func collect(
    _ database: String, _ options: [String] = []
  ) async throws -> NetmonService {
    try await NetmonService(["collect", "--db", database, "--interval", "100ms"] + options)
  }

  /// Where a server listens: `http://127.0.0.1:40000`, or with `https`.
  var url: String {
    announcement.firstMatch(of: /https?:\/\/[0-9.]+:[0-9]+/).map { String($0.0) } ?? ""
  }

  var port: String { url.split(separator: ":").last.map(String.init) ?? "" }

  /// Sends a signal, and waits for the exit status.
  func stop(with signal: Int32 = SIGTERM) async -> Int32 {
    process.send(signal)
    return await process.status
  }

  struct Failure: Error {
    var arguments: [String]
    var status: Int32
  }
}
