import NetmonCore

/// For which names a server answers.
///
/// A name that somebody else may let resolve to this machine's address is none of them, or a foreign
/// page could read what it likes through it (DNS rebinding). An address is no such name: a page that
/// was loaded from it came from this server.
struct HostRule: Hashable, Sendable {
  /// In lower case, addresses in canonical form; the loopback names are always accepted.
  private let names: Set<String>
  /// Whether the address that a connection came to is accepted.
  private let acceptsOwnAddress: Bool

  init(_ configuration: Server.Configuration) {
    var names = configuration.hostNames + [configuration.host]
    if configuration.isExposed, let name = configuration.machineName {
      // With its domain, if it has one, and without.
      names += [name, String(name.prefix { $0 != "." })]
    }
    // An IPv6 address is given here without the brackets that it has in a URL.
    self.names = Set(names.compactMap { Authority($0)?.host ?? IPAddress($0)?.description })
    acceptsOwnAddress = configuration.isExposed
  }

  /// `address` is where the connection came to, as text.
  func accepts(_ authority: Authority, at address: String?) -> Bool {
    if authority.isLoopback || names.contains(authority.host) { return true }
    guard acceptsOwnAddress, let own = address.flatMap({ IPAddress($0) }) else { return false }
    return IPAddress(authority.host) == own
  }
}
