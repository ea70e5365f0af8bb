/// The address of an HTTP server: `http://host`, `https://host:8443/path` or `http://[::1]:8080`.
///
/// Credentials, queries and fragments are not allowed: they have no place in a server's address.
package struct HTTPURL: Hashable, Sendable {
  package let isSecure: Bool

  /// A name or an address in lower case; an IPv6 address has no brackets here.
  package let host: String

  /// From 1 to 65535; 80 or 443 where the text names none.
  package let port: UInt16

  /// Empty, or a path that starts and does not end with a slash.
  package let path: String

  package var scheme: String { isSecure ? "https" : "http" }

  /// Reads a URL; nil when it is malformed.
  package init?(_ text: String) {
    let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    guard isPrintable, let colon = text.firstIndex(of: ":") else { return nil }
    switch text[..<colon].lowercased() {
    case "http": isSecure = false
    case "https": isSecure = true
    default: return nil
    }
    guard text[colon...].hasPrefix("://") else { return nil }
    var rest = text[colon...].dropFirst(3)
    let authority = rest.removePrefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let (host, port) = Self.hostAndPort(of: authority) else { return nil }
    guard !rest.contains(where: { "?#\\\"<>^`{|}".contains($0) }) else { return nil }
    self.host = host.lowercased()
    self.port = port ?? (isSecure ? 443 : 80)
    while rest.last == "/" { rest.removeLast() }
    path = String(rest)
  }

  private static func hostAndPort(of authority: Substring) -> (host: Substring, port: UInt16?)? {
    var rest = authority
    let host: Substring
    if rest.first == "[" {
      rest.removeFirst()
      host = rest.removePrefix { $0 != "]" }
      guard rest.popFirst() == "]", isIPv6(host) else { return nil }
    } else {
      host = rest.removePrefix { $0 != ":" }
      guard isName(host) else { return nil }
    }
    if rest.isEmpty { return (host, nil) }
    guard rest.popFirst() == ":", rest.allSatisfy(\.isASCIIDigit),
      let port = UInt16(rest), port > 0
    else { return nil }
    return (host, port)
  }

  /// Whether the text is made of labels of letters, digits and inner hyphens, or an IPv4 address.
  private static func isName(_ text: Substring) -> Bool {
    text.count <= 253
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.count) && label.first != "-" && label.last != "-"
          && label.allSatisfy { $0.isLetter || $0.isASCIIDigit || $0 == "-" || $0 == "_" }
      }
  }

  /// Whether the text is eight groups of hexadecimal digits, or fewer with one `::`.
  private static func isIPv6(_ text: Substring) -> Bool {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    let groups = halves.flatMap { half in
      half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
    }
    return groups.allSatisfy { (1...4).contains($0.count) && $0.allSatisfy(\.isHexDigit) }
      && (halves.count == 1 ? groups.count == 8 : halves.count == 2 && groups.count < 8)
  }
}

extension HTTPURL: ArgumentValue {
  package init(argument text: String) throws(InvalidValue) {
    guard let url = Self(text) else {
      // What is written before an @ is most likely a password.
      if text.contains("@") { throw .withheld("a URL here has no user, password or @ in it") }
      throw .isNot(Self.expectation)
    }
    self = url
  }

  package var argument: String {
    let authority = host.contains(":") ? "[\(host)]" : host
    return "\(scheme)://\(authority)" + (port == (isSecure ? 443 : 80) ? "" : ":\(port)") + path
  }

  package static var placeholder: String { "URL" }
  package static var expectation: String { "a URL such as http://localhost:8080" }
}
