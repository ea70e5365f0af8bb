/// What happened last on one CPU: finds the socket that an error report is about.
///
/// `inet_sk_error_report` names no socket. But the kernel reports the error of a socket that it
/// closed right after the transition to `CLOSE`, on the same CPU and in the same task; on loopback
/// the peer's events may come in between.
struct CPUHistory: Sendable {
  /// A transition to `CLOSE`.
  struct Closing {
    var socket: SocketTable.Handle
    var thread: Int32
    var tuple: SocketEvent.Tuple
  }

  /// An ICMP error that this kernel made.
  struct Rejection {
    var time: UInt64
    var remote: Endpoint
    var errno: Int32
  }

  /// ICMP errors are looked for this long before the error report, in nanoseconds.
  static let rejectionAge: UInt64 = 1_000_000

  private static let size = 16
  private var closings: [Closing] = []
  private var next = 0
  private var rejections: [Rejection] = []

  mutating func push(_ closing: Closing) {
    if closings.count < Self.size {
      closings.append(closing)
    } else {
      closings[next] = closing
    }
    next = (next + 1) % Self.size
  }

  mutating func push(_ rejection: Rejection) {
    if rejections.count == Self.size { rejections.removeFirst() }
    rejections.append(rejection)
  }

  /// The socket closed last by this task that an error report with these ends is about. With a
  /// remote port of 0 the report comes from `tcp_disconnect`, and the local end may be gone too.
  func socket(closedBy thread: Int32, _ tuple: SocketEvent.Tuple) -> SocketTable.Handle? {
    for offset in 1...Self.size {
      let index = (next - offset + Self.size) % Self.size
      guard index < closings.count else { continue }
      let closing = closings[index]
      guard closing.thread == thread, closing.tuple.local.port == tuple.local.port,
        tuple.remote.port == 0
          || closing.tuple.remote == tuple.remote
            && closing.tuple.local == tuple.local
      else { continue }
      return closing.socket
    }
    return nil
  }

  /// The errno of the last ICMP error sent for a packet to `remote`, not before `time`. Port 0
  /// stands for any, as the tracepoint has ports for UDP only.
  func rejection(of remote: Endpoint, since time: UInt64) -> Int32? {
    rejections.last {
      $0.time >= time && $0.remote.address == remote.address
        && ($0.remote.port == 0 || $0.remote.port == remote.port)
    }?.errno
  }
}

/// Errnos that the kernel makes of ICMP errors for IPv4 (`icmp_err_convert` and `tcp_v4_err` in
/// `net/ipv4`). The tracepoint does not exist for IPv6.
func errnoOfICMP(type: UInt8, code: UInt8) -> Int32? {
  switch (type, code) {
  case (3, 0), (3, 6), (3, 9), (3, 11): 101  // ENETUNREACH
  case (3, 1), (3, 10), (3, 12...15): 113  // EHOSTUNREACH
  case (3, 5): 95  // EOPNOTSUPP
  case (3, 2): 92  // ENOPROTOOPT
  case (3, 3): 111  // ECONNREFUSED
  case (3, 7): 112  // EHOSTDOWN
  case (3, 8): 64  // ENONET
  case (11, _): 113  // EHOSTUNREACH
  case (12, _): 71  // EPROTO
  default: nil
  }
}
