extension FilterParser {
  /// Reads an address or block with or without a port or range of ports, or ports alone:
  /// `10.0.0.0/8`, `10.1.2.3:443`, `:443`, `*:1000-2000`, `2001:db8::/32`, `[2001:db8::/32]:443`.
  func endpoint(_ value: Value, at side: Filter.Side) throws(FilterError) -> Filter.Match {
    let (host, port) = Self.splitPort(value.text)
    let isAny = host == "*" || host.isEmpty && port != nil
    return .endpoint(
      side, prefix: isAny ? nil : try prefix(host, in: value),
      port: try port.map { port throws(FilterError) in try ports(port, in: value) })
  }

  /// Reads `443`, `1000-2000`, `1000..2000`, or what is compared as other numbers are: `>1023`.
  func ports(_ text: Substring, in value: Value) throws(FilterError) -> ClosedRange<UInt16> {
    guard let (first, last) = Self.ends(text) else {
      throw error(
        "\(FilterError.quote(String(text))) is not a port: 0 to 65535, or a range such as 1000-2000",
        at: value.range)
    }
    guard first <= last, first <= UInt16.max, last >= 0 else {
      throw error("this range of ports is empty", at: value.range)
    }
    return UInt16(first)...UInt16(last)
  }

  /// The first and last of the ports; the one may be greater than the other, and than all ports.
  private static func ends(_ text: Substring) -> (first: Int, last: Int)? {
    func port(_ text: Substring) -> Int? {
      text.utf8.allSatisfy(FilterUnit.isDigit) ? UInt16(text).map(Int.init) : nil
    }
    let greatest = Int(UInt16.max)
    if text.hasPrefix(">=") { return port(text.dropFirst(2)).map { ($0, greatest) } }
    if text.hasPrefix(">") { return port(text.dropFirst()).map { ($0 + 1, greatest) } }
    if text.hasPrefix("<=") { return port(text.dropFirst(2)).map { (0, $0) } }
    if text.hasPrefix("<") { return port(text.dropFirst()).map { (0, $0 - 1) } }
    if text.hasPrefix("=") { return port(text.dropFirst()).map { ($0, $0) } }
    guard let separator = text.firstRange(of: "..") ?? text.firstRange(of: "-") else {
      return port(text).map { ($0, $0) }
    }
    guard let first = port(text[..<separator.lowerBound]),
      let last = port(text[separator.upperBound...])
    else { return nil }
    return (first, last)
  }

  /// Takes the port off. More than one colon without brackets is an IPv6 address (RFC 4291 §2.2).
  private static func splitPort(_ text: String) -> (host: Substring, port: Substring?) {
    if text.hasPrefix("["), let bracket = text.lastIndex(of: "]") {
      let host = text[..<bracket].dropFirst()
      let rest = text[bracket...].dropFirst()
      // RFC 3986 §3.2.2 has brackets around IPv6 only.
      guard host.contains(":") else { return (text[...], nil) }
      if rest.isEmpty { return (host, nil) }
      return rest.hasPrefix(":") ? (host, rest.dropFirst()) : (text[...], nil)
    }
    let tail = text[(text.firstIndex(of: "/") ?? text.startIndex)...]
    guard let colon = tail.firstIndex(of: ":"), tail.lastIndex(of: ":") == colon else {
      return (text[...], nil)
    }
    return (text[..<colon], text[colon...].dropFirst())
  }

  private func prefix(_ text: Substring, in value: Value) throws(FilterError) -> IPPrefix {
    if let prefix = Self.prefix(text) { return prefix }
    let typed = FilterError.quote(String(text))
    if text.contains("*") {
      throw error(
        "\(typed) is not an address; for several write a block such as 10.0.0.0/8",
        at: value.range, suggestion: Self.block(ofPattern: text))
    }
    if !text.contains("/"), !text.contains(":"), text.contains(where: \.isLetter) {
      throw error(
        "\(typed) is not an address; netmon records addresses, not the names looked up",
        at: value.range)
    }
    throw error(
      "\(typed) is not an address such as 10.1.2.3 or a block such as 10.0.0.0/8", at: value.range)
  }

  private static func prefix(_ text: Substring) -> IPPrefix? {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return nil }
    let width = address.family == .ipv4 ? 32 : 128
    guard parts.count == 2 else { return IPPrefix(address, length: width) }
    guard (1...3).contains(parts[1].utf8.count),
      parts[1].utf8.allSatisfy(FilterUnit.isDigit), let length = Int(parts[1])
    else { return nil }
    // A block of IPv4-mapped addresses counts the 96 bits before them.
    let isMapped = address.family == .ipv4 && parts[0].contains(":")
    return IPPrefix(address, length: isMapped ? length - 96 : length)
  }

  /// `10.0.0.0/16` for `10.0.*` or `10.0.*.*`.
  private static func block(ofPattern text: Substring) -> String? {
    let octets = text.split(separator: ".", omittingEmptySubsequences: false)
    let known = octets.prefix { $0 != "*" }
    guard (1...3).contains(known.count), octets.count <= 4,
      octets.dropFirst(known.count).allSatisfy({ $0 == "*" })
    else { return nil }
    let address = (known + repeatElement("0", count: 4 - known.count)).joined(separator: ".")
    return prefix("\(address)/\(8 * known.count)").map(\.description)
  }
}
