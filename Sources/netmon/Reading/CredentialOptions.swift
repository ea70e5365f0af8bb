import Arguments
import NetmonAgent
import NetmonCore

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

  /// The token, if there is one to show `server`.
  func credential(for server: HTTPURL, _ invocation: Invocation) throws -> Credential? {
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
    if !server.isSecure, !server.isOnThisMachine {
      invocation.console.say(
        """
        warning: the token goes to \(server.host) in plaintext, for anybody on the way to read: \
        https:// keeps it secret
        """)
    }
    return credential
  }
}

extension HTTPURL {
  fileprivate var isOnThisMachine: Bool {
    host == "localhost" || IPAddress(host)?.isLoopback == true
  }
}
