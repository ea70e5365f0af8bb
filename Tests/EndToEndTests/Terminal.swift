/// Runs netmon on a pseudo-terminal.
enum Terminal {
  static let isPossible = ChildProcess.find("script") != nil

  /// What a terminal of that many columns is shown, line ends as `\n`.
  static func run(
    _ command: String, columns: Int = 80, environment: [String: String] = [:]
  ) async throws -> String {
    let script = "stty cols \(columns) rows 24; netmon() { \"$NETMON\" \"$@\"; }; \(command)"
    let ours = ["NETMON": BuiltProducts.netmon, "SHELL": "/bin/sh"]
    let result = try await ChildProcess.run(
      "script", ["-qec", script, "/dev/null"],
      environment: Netmon.environment.merging(ours) { $1 }.merging(environment) { $1 })
    // The terminal puts a carriage return before each newline, and CSV has one already.
    return String(String.UnicodeScalarView(result.output.unicodeScalars.filter { $0 != "\r" }))
  }
}
