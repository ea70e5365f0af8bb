import Arguments
import NetmonAgent

/// The token for a server that asks for one. It is in a file, as command lines are for everybody to
/// see.
struct CredentialOptions: Sendable {
  var file: Path?

  static func declarations<Root>(_ part: Property<Root, CredentialOptions>) -> Group<Root> {
    Group(part) {
      Option(
        "token-file", \.file, "FILE", environment: "NETMON_TOKEN_FILE",
        help: "the file with the token for the server, as 'netmon token create' printed it")
    }
  }

  /// The token, if there is one to show.
  func credential(_ invocation: Invocation) throws -> Credential? {
    guard let file else { return nil }
    let credential: Credential
    do throws(CredentialError) {
      credential = try Credential(path: file.string)
    } catch {
      throw CommandError("\(error)", .usage)
    }
    if credential.isReadableByAnybody {
      invocation.console.say(
        "warning: anybody on this machine may read the token in \(file.string): chmod 600")
    }
    return credential
  }
}
