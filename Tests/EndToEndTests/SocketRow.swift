import Foundation

/// A socket and its owner, as both `netmon` and `ss` tell of them.
struct SocketRow: Hashable {
  var pid: Int32
  var networkNamespace: UInt64
  var transport: String
  var state: String
  var local: String
  var remote: String
}

extension SocketRow {
  /// All sockets in the output of `netmon query -o json`.
  static func fromNetmon(_ json: String) throws -> [SocketRow] {
    struct Record: Decodable {
      var process_id: Int32
      var netns: UInt64
      var `protocol`: String
      var state: String
      var local_addr: String
      var remote_addr: String
    }
    return try JSONDecoder().decode([Record].self, from: Data(json.utf8)).map {
      SocketRow(
        pid: $0.process_id, networkNamespace: $0.netns, transport: $0.protocol, state: $0.state,
        local: $0.local_addr, remote: $0.remote_addr)
    }
  }

  /// The sockets with an owner in the output of `ss -Htanup` in one namespace: a socket a line,
  /// `udp ESTAB 0 0 127.0.0.1:58384 127.0.0.1:36670 users:(("name",pid=6125,fd=23))`.
  static func fromSS(_ text: String, networkNamespace: UInt64) -> [SocketRow] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 6, let match = line.firstMatch(of: /,pid=([0-9]+),/),
        let pid = Int32(match.1)
      else { return nil }
      return SocketRow(
        pid: pid, networkNamespace: networkNamespace, transport: String(words[0]),
        state: state(words[1]), local: endpoint(words[4]), remote: endpoint(words[5]))
    }
  }

  /// The kernel's name of a state, from that of `ss`.
  private static func state(_ name: Substring) -> String {
    switch name {
    case "ESTAB": "ESTABLISHED"
    case "UNCONN": "CLOSE"
    case "FIN-WAIT-1": "FIN_WAIT1"
    case "FIN-WAIT-2": "FIN_WAIT2"
    default: String(name.replacing("-", with: "_"))
    }
  }

  /// `ss` writes `*` for port 0 and for the address `::` of a socket that is not for IPv6 only, and
  /// IPv4 by an IPv6 socket as an address of IPv6.
  private static func endpoint(_ text: Substring) -> String {
    guard let colon = text.lastIndex(of: ":") else { return String(text) }
    var (address, port) = (text[..<colon], text[text.index(after: colon)...])
    if address == "*" { address = "[::]" }
    if address.hasPrefix("[::ffff:") { address = address.dropFirst(8).dropLast() }
    if port == "*" { port = "0" }
    return "\(address):\(port)"
  }
}
