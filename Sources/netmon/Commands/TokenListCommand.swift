import Arguments
import NetmonCore
import NetmonServer

/// `netmon token list`: which tokens there are, of use or not.
enum TokenListCommand {
  struct Options: Sendable {
    var place = TokenPlace()
    var format = OutputFormat.table
  }

  static let declaration = Command<Netmon.Action>(
    "list",
    summary: "List the tokens of a server, but not the tokens themselves",
    examples: [Example("netmon token list"), Example("netmon token list -o json")],
    options: Options()
  ) {
    TokenPlace.declarations(\.place)
    Group("Output") {
      Option("output", short: "o", \.format, help: "how to print")
    }
  } action: { options in
    { invocation in
      let (file, _) = options.place.resolved(invocation.environment)
      let tokens = try file.read()?.tokens ?? []
      if tokens.isEmpty {
        invocation.console.say(
          "there is no token in \(file.path), so none is asked for on loopback")
      }
      TokenPrinter(invocation.console, now: invocation.now()).print(tokens, as: options.format)
    }
  }
}
