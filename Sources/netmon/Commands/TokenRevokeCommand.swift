import Arguments
import NetmonCore
import NetmonServer

/// `netmon token revoke`: takes a token back.
enum TokenRevokeCommand {
  struct Options: Sendable {
    var id = ""
    var place = TokenPlace()
  }

  static let declaration = Command<Netmon.Action>(
    "revoke",
    summary: "Take a token back",
    discussion: """
      Within a second or two nobody gets in by it any more, and streams and sign-ins that it opened \
      end. The list keeps it.
      """,
    examples: [Example("netmon token revoke 3f2a91c0", "by the id that 'netmon token list' shows")],
    options: Options()
  ) {
    Operand("ID", \.id, help: "the token's id, as 'netmon token list' shows it")
    TokenPlace.declarations(\.place)
  } action: { options in
    { invocation in try run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) throws {
    let (file, database) = options.place.resolved(invocation.environment)
    guard let known = try file.read() else {
      throw CommandError("there is no token file \(file.path)")
    }
    guard known.token(id: options.id) != nil else {
      let ids = known.tokens.map(\.id)
      let hint = NetmonCore.closestMatch(to: options.id, among: ids)
      throw CommandError(
        "there is no token '\(options.id)' in \(file.path)"
          + (hint.map { "; did you mean '\($0)'?" } ?? ""))
    }
    let now = invocation.now()
    let before = try file.edit(besides: database) { $0.revoke(id: options.id, at: now) }
    if let revoked = before?.revoked {
      invocation.console.say("token \(options.id) was revoked already, at \(revoked)")
    } else {
      invocation.console.say("revoked token \(options.id)")
    }
  }
}
