/// The names of ports from `/etc/services` (services(5)), such as `https` for TCP 443.
public struct ServiceNames: Sendable {
  private var names: [UInt32: String] = [:]

  /// Reads the file once. Without it (slim container images have none) the most common names are
  /// known.
  public init(path: String = "/etc/services") {
    var loaded: [UInt32: String] = [:]
    try? OpenFile(path).readLines { text in
      var index = 0
      while let line = text.line(at: &index) {
        guard let (name, key) = Self.parse(text.extracting(line)) else { continue }
        // As in getservbyport(3), the first line counts.
        if loaded[key] == nil { loaded[key] = name }
      }
    }
    names = loaded.isEmpty ? Self.common : loaded
  }

  /// The service of a port, or nil if it has no name. Port 0 has none.
  public subscript(port: UInt16, transport: TransportProtocol) -> String? {
    names[Self.key(port, transport)]
  }

  private static func key(_ port: UInt16, _ transport: TransportProtocol) -> UInt32 {
    UInt32(port) << 8 | UInt32(transport.rawValue)
  }

  /// `name port/protocol [alias…] [# comment]`
  private static func parse(_ line: Span<UInt8>) -> (name: String, key: UInt32)? {
    var index = 0
    guard let name = line.word(at: &index), line[name.lowerBound] != UInt8(ascii: "#") else {
      return nil
    }
    line.skipBlanks(at: &index)
    guard let port = line.decimal(at: &index).flatMap(UInt16.init(exactly:)),
      line.skip("/", at: &index), let word = line.word(at: &index),
      let transport = TransportProtocol(name: line.string(in: word))
    else { return nil }
    return (line.string(in: name), key(port, transport))
  }

  /// Names of the IANA registry that most machines meet.
  private static let common: [UInt32: String] = {
    let tcp: [(UInt16, String)] = [
      (21, "ftp"), (22, "ssh"), (23, "telnet"), (25, "smtp"), (53, "domain"), (80, "http"),
      (88, "kerberos"), (110, "pop3"), (111, "sunrpc"), (143, "imap2"), (179, "bgp"),
      (389, "ldap"), (443, "https"), (445, "microsoft-ds"), (465, "submissions"),
      (514, "shell"), (587, "submission"), (636, "ldaps"), (853, "domain-s"), (873, "rsync"),
      (993, "imaps"), (995, "pop3s"), (2049, "nfs"), (3306, "mysql"), (3389, "ms-wbt-server"),
      (5432, "postgresql"), (5671, "amqps"), (5672, "amqp"), (6379, "redis"),
      (8080, "http-alt"),
    ]
    let udp: [(UInt16, String)] = [
      (53, "domain"), (67, "bootps"), (68, "bootpc"), (69, "tftp"), (88, "kerberos"),
      (111, "sunrpc"), (123, "ntp"), (137, "netbios-ns"), (161, "snmp"), (162, "snmp-trap"),
      (389, "ldap"), (443, "https"), (500, "isakmp"), (514, "syslog"), (546, "dhcpv6-client"),
      (547, "dhcpv6-server"), (1900, "ssdp"), (4500, "ipsec-nat-t"), (5353, "mdns"),
      (5355, "llmnr"),
    ]
    let pairs =
      tcp.map { (key($0.0, .tcp), $0.1) } + udp.map { (key($0.0, .udp), $0.1) }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }()
}
