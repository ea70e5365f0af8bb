extension Connection {
  /// How often the figures of an open connection alone make a new version of its record, in
  /// microseconds: they change all the time.
  private static let figuresInterval: Int64 = 60_000_000

  /// Takes over what the kernel has counted so far; says whether that is worth a new version.
  mutating func learn(
    _ figures: SocketFigures, in state: TCPState, at time: Timestamp
  ) -> Bool {
    guard establishedAt != nil || state != .SYN_SENT else { return false }
    let before = (bytesSent, bytesReceived, rttMicroseconds)
    take(figures, hasPeerFinished: state.hasPeerFinished)
    if rttMicroseconds != nil, before.2 == nil { return true }
    let isNews = before != (bytesSent, bytesReceived, rttMicroseconds)
    return isNews && time.microseconds(since: updatedAt ?? timestamp) >= Self.figuresInterval
  }

  /// Takes over what sock_diag counted for the socket until it was destroyed.
  mutating func complete(with figures: SocketFigures, hasPeerFinished: Bool) {
    guard establishedAt != nil else { return }
    take(figures, hasPeerFinished: hasPeerFinished)
    if errorStage == .accept, figures.bytesSent > 0 {
      // An application had answered: the reset hit it.
      error = nil
      take(.kernel(ConnectionError.ECONNRESET.number, .established, .peer_reset))
    }
  }

  private mutating func take(_ figures: SocketFigures, hasPeerFinished: Bool) {
    let received = Int64(clamping: figures.bytesReceived)
    bytesSent = Int64(clamping: figures.bytesSent)
    bytesReceived = hasPeerFinished ? max(0, received - 1) : received
    if figures.rtt != 0 { rttMicroseconds = Int64(figures.rtt) }
    retransmits = max(retransmits ?? 0, Int64(figures.retransmits))
  }
}

extension TCPState {
  /// The other side's FIN has come; the kernel counts it as a byte received.
  fileprivate var hasPeerFinished: Bool {
    switch self {
    case .CLOSE_WAIT, .CLOSING, .LAST_ACK, .TIME_WAIT: true
    default: false
    }
  }
}
