/// Runs netmon on a pseudo-terminal.
enum Terminal {
  static let isPossible = ChildProcess.find("script") != nil

  /// What a terminal of that many columns is shown, line ends as `\n`.
  static func run(
    _ command: String, columns: Int = 80, environment: [String: String] = [:]
  ) async throws -> String {
    let script = "stty cols \(columns) rows 24; netmon() { \"$NETMON\" \"$@\"; }; \(command)"
    let result = try await ChildProcess.run(
      "script", ["-qec", script, "/dev/null"],
      environment: Netmon.environment.merging(["NETMON": BuiltProducts.netmon, "SHELL": "/bin/sh"])
      { $1 }
      .merging(environment) { $1 })
    return result.output.replacing(/\r+\n/, with: "\n")
  }
}
