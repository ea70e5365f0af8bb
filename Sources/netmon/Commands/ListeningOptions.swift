import Arguments
import NetmonServer

/// How others reach `netmon serve`: TLS, the names it answers to, and what they may use up.
struct ListeningOptions: Sendable {
  var certificate: Path?
  var key: Path?
  var allowsPlaintext = false
  var names: [HostNames] = []
  var maximumConnections = Server.Limits().connections
  var maximumStreams = Server.Limits().streams
  var maximumBody = ByteCount(bytes: Server.Limits().bodyBytes)

  static func declarations<Root>(_ part: Property<Root, ListeningOptions>) -> Group<Root> {
    Group(part) {
      Group("TLS and names") {
        Option(
          "tls-cert", \.certificate, "FILE", environment: "NETMON_TLS_CERT",
          help: """
            speak TLS with the certificate in this file (PEM, its chain after it); taken up again when \
            it changes
            """)
        Option(
          "tls-key", \.key, "FILE", environment: "NETMON_TLS_KEY",
          help: "the private key of that certificate (PEM, without a passphrase)")
        Flag(
          "insecure-plaintext", \.allowsPlaintext, environment: "NETMON_INSECURE_PLAINTEXT",
          help: "listen beyond loopback without TLS: anybody on the way can read tokens and records"
        )
        Option(
          "name", \.names, environment: "NETMON_NAME",
          help: """
            answer to this name too, or to several with commas; without it to loopback names, and \
            beyond loopback to this machine's name and the address that a client connects to
            """)
      }
      Group("Limits") {
        Option(
          "max-connections", \.maximumConnections, in: 8...1_000_000,
          environment: "NETMON_MAX_CONNECTIONS",
          help: "how many connections are served at a time; further ones wait")
        Option(
          "max-streams", \.maximumStreams, in: 1...1_000_000, environment: "NETMON_MAX_STREAMS",
          help: "how many clients may follow changes at a time, pages included")
        Option(
          "max-body", \.maximumBody, in: ByteCount(bytes: 64 << 10)...ByteCount(bytes: 1 << 30),
          environment: "NETMON_MAX_BODY",
          help: "how large the body of a request may be, and eight times that once inflated")
      }
      Check { options in
        switch (options.certificate, options.key) {
        case (nil, _?): "--tls-key needs --tls-cert"
        case (_?, nil): "--tls-cert needs --tls-key"
        default: nil
        }
      }
    }
  }

  /// `openFiles` is how many files this process may have open.
  func apply(to configuration: inout Server.Configuration, openFiles: UInt) {
    configuration.tls = certificate.flatMap { certificate in
      key.map { TLSFiles(certificate: certificate.string, key: $0.string) }
    }
    configuration.allowsPlaintext = allowsPlaintext
    configuration.hostNames += names.flatMap(\.names)
    configuration.machineName = HostIdentity.hostName
    configuration.limits.connections = connections(openFiles: openFiles)
    configuration.limits.streams = maximumStreams
    configuration.limits.bodyBytes = maximumBody.bytes
    configuration.limits.inflatedBytes = maximumBody.bytes * 8
    configuration.limits.allBodiesBytes = max(
      configuration.limits.allBodiesBytes, maximumBody.bytes * 16)
  }

  /// As many as wanted, or as there can be open files: without one to spare no connection could even
  /// be refused, and the database would fail too.
  func connections(openFiles: UInt) -> Int {
    let spare = 200
    let possible = Int(clamping: openFiles)
    // Of those that are closed some are held for a while (``Server/Limits/silence``).
    return min(maximumConnections, max(possible - spare, possible / 2) / 5 * 4)
  }
}

/// One host name, or several with commas.
struct HostNames: Hashable, Sendable {
  let names: [String]
}

extension HostNames: ArgumentValue {
  init(argument text: String) throws(InvalidValue) {
    names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.allSatisfy(Server.isHostName) else { throw .isNot(Self.expectation) }
  }

  var argument: String { names.joined(separator: ",") }
  static var placeholder: String { "NAME" }
  static var expectation: String { "a host name or address, without scheme and port" }
}
