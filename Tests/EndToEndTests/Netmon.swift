/// Runs the built `netmon` to its end.
enum Netmon {
  /// Takes away what the shell of a developer may say.
  static let environment = [
    "NETMON_DB": "", "NETMON_SERVER": "", "NETMON_TOKENS": "", "NETMON_TOKEN_FILE": "",
    "NO_COLOR": "", "TERM": "xterm",
  ]

  static func run(
    _ arguments: [String], environment: [String: String] = [:], lifetime: Duration = .seconds(120)
  ) async throws -> ChildProcess.Result {
    try await ChildProcess.run(
      BuiltProducts.netmon, arguments,
      environment: Self.environment.merging(environment) { $1 }, lifetime: lifetime)
  }

  /// Runs a script in which `netmon` is the one that was built.
  static func shell(
    _ script: String, environment: [String: String] = [:]
  ) async throws -> ChildProcess.Result {
    try await ChildProcess.run(
      "bash", ["-c", "netmon() { \"$NETMON\" \"$@\"; }\n" + script],
      environment: Self.environment.merging(["NETMON": BuiltProducts.netmon]) { $1 }
        .merging(environment) { $1 })
  }

  /// All records that `netmon query` finds, in its order.
  static func query(_ arguments: [String]) async throws -> [Record] {
    let result = try await run(["query", "--limit", "0", "-o", "json"] + arguments)
    guard result.status == 0 else { throw Failure(result: result) }
    return try Record.list(result.output)
  }

  struct Failure: Error {
    var result: ChildProcess.Result
  }
}
