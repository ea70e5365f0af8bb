import Arguments
import NetmonServer

/// `netmon token`: who may use a server that asks.
enum TokenCommand {
  static let declaration: Command<Netmon.Action> = Command(
    "token",
    summary: "Make, list and revoke the tokens that a server asks for",
    discussion: """
      A server asks for tokens as soon as its token file holds any, be it revoked. It keeps no token \
      but a hash of each, and heeds changes within a second or two.
      """,
    examples: [
      Example("netmon token create > page.token", "for the page, query, errors and proc"),
      Example("netmon token create --for-host web-1 > web-1.token", "for the collector of web-1"),
      Example("netmon token list"),
    ],
    commands: [
      TokenCreateCommand.declaration, TokenListCommand.declaration, TokenRevokeCommand.declaration,
    ])
}

extension Token {
  /// What it is good for, in words.
  var purpose: String {
    [scope.reads ? "to read" : nil, scope.ingestHost.map { "to send what \($0) records" }]
      .compactMap(\.self).joined(separator: ", and ")
  }
}
