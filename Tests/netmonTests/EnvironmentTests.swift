import Arguments
import Testing

@testable import netmon

/// All that `serve` and `collect` can be told on the command line, their environment can tell them.
struct EnvironmentTests {
  /// The long names of the options in a section of the reference, with what it says of them.
  private func options(of command: String) throws -> [(name: String, meaning: String)] {
    let reference = Netmon.command.markdownReference()
    let section = try #require(
      reference.split(separator: "\n## netmon ").first {
        $0.hasPrefix(command + "\n")
      })
    return section.matches(of: /\n\| (?:`-[a-z]`, )?`--(?:\[no-\])?([a-z-]+)[^`]*` \| (.*) \|/)
      .map { (String($0.1), String($0.2)) }
  }

  private func variable(_ option: String) -> String {
    "NETMON_" + option.uppercased().replacing("-", with: "_")
  }

  @Test(arguments: ["serve", "collect"])
  func everyOptionHasItsVariable(command: String) throws {
    let options = try options(of: command)
    #expect(options.count > 10)
    for (name, meaning) in options {
      #expect(meaning.contains("environment: `\(variable(name))`"), "--\(name)")
    }
  }

  /// Whatever an option takes, some of these it does not; what takes any text is told apart.
  @Test(arguments: ["serve", "collect"])
  func aWrongValueNamesTheVariable(command: String) throws {
    for (name, _) in try options(of: command) where !Self.takesAnyText.contains(name) {
      let variable = variable(name)
      let error = #expect(throws: UsageError.self, "\(variable)") {
        try Netmon.command.parse([command], environment: [variable: "\u{1}no such value"])
      }
      #expect(error?.message.hasPrefix("\(variable): ") == true, "\(error?.message ?? "")")
    }
  }

  private static let takesAnyText = [
    "host", "db", "host-name", "user", "tls-cert", "tls-key", "tls-ca", "tokens", "token-file",
  ]

  @Test func theCommandLineWins() throws {
    // The wrong value is not even looked at.
    _ = try Netmon.command.parse(
      ["serve", "--port", "1"], environment: ["NETMON_PORT": "tcp://10.0.0.1:80"])
  }

  @Test func verboseOnTheCommandLineDecidesTheLevel() throws {
    _ = try Netmon.command.parse(["serve", "-v"], environment: ["NETMON_LOG_LEVEL": "loud"])
  }
}
