import NetmonCore

/// The host and port of a `Host` header or an origin (RFC 3986 §3.2), compared as HTTP does.
package struct Authority: Hashable, Sendable {
  /// In lower case; an IPv6 address without its brackets, in canonical form.
  package let host: String
  /// The scheme's own when not written.
  package let port: UInt16

  /// Parses `name`, `name:port`, `[ipv6]` or `[ipv6]:port`.
  package init?(_ text: String, defaultPort: UInt16 = 80) {
    var host = text[...]
    var port: UInt16? = defaultPort
    let bracket = text.lastIndex(of: "]") ?? text.startIndex
    if let colon = text[bracket...].lastIndex(of: ":") {
      host = text[..<colon]
      let digits = text[text.index(after: colon)...]
      port = digits.isEmpty ? defaultPort : digits.utf8.allSatisfy(isDigit) ? UInt16(digits) : nil
    }
    guard let port else { return nil }
    self.port = port
    if host.hasPrefix("["), host.hasSuffix("]") {
      guard let address = IPAddress(String(host.dropFirst().dropLast())) else { return nil }
      self.host = address.description
    } else {
      guard !host.isEmpty, host.utf8.allSatisfy(isNameByte) else { return nil }
      self.host = host.lowercased()
    }
  }

  /// `localhost`, 127.0.0.0/8 or `::1`.
  var isLoopback: Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }
}

private func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

/// Letters, digits, `-`, `.` and `_`, which names of containers contain.
private func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
  default: false
  }
}
