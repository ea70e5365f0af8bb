/// The state of a socket, with the kernel's names and numbers (`include/net/tcp_states.h`).
///
/// UDP sockets use two of them: `ESTABLISHED` when connected, `CLOSE` otherwise.
public enum TCPState: UInt8, CaseIterable, Sendable {
  case ESTABLISHED = 1
  case SYN_SENT
  case SYN_RECV
  case FIN_WAIT1
  case FIN_WAIT2
  case TIME_WAIT
  case CLOSE
  case CLOSE_WAIT
  case LAST_ACK
  case LISTEN
  case CLOSING

  /// The state from the kernel's number; `TCP_NEW_SYN_RECV` (12) is shown as `SYN_RECV`.
  public init?(kernel number: UInt8) {
    guard let state = number == 12 ? .SYN_RECV : TCPState(rawValue: number) else { return nil }
    self = state
  }

  /// The kernel's name without its `TCP_` prefix.
  public var name: String { String(describing: self) }

  /// The state of that name, in any case of letters.
  public init?(name: String) {
    let upper = name.uppercased()
    guard let state = Self.allCases.first(where: { $0.name == upper }) else { return nil }
    self = state
  }
}

/// The transport of a connection; the raw value is its IP protocol number (`/etc/protocols`).
public enum TransportProtocol: UInt8, CaseIterable, Sendable {
  case tcp = 6
  case udp = 17

  public var name: String {
    switch self {
    case .tcp: "tcp"
    case .udp: "udp"
    }
  }

  public init?(name: String) {
    switch name.lowercased() {
    case "tcp": self = .tcp
    case "udp": self = .udp
    default: return nil
    }
  }
}

/// Who began: this host, the other one, or nobody yet (a socket that waits for traffic).
public enum Direction: String, CaseIterable, Sendable {
  case outbound, inbound, listen
}
