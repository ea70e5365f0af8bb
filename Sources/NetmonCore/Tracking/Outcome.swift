/// How an attempt or a connection ended, as far as its evidence proves it.
///
/// An unknown error is better than a wrong one: where a conclusion rests on events that did not
/// come, it is drawn only if none were lost.
struct Outcome: Hashable, Sendable {
  var error: ConnectionError?
  var stage: ErrorStage?
  var source: ErrorSource?
  var cause: ErrorCause?

  /// What surrounds the socket's own evidence.
  struct Context {
    /// The remote port when the socket was destroyed; nil when it has not been. connect(2) clears
    /// it when it fails at once, close(2) does not.
    var portAtEnd: UInt16?
    /// Events may be missing since the attempt began.
    var isIncomplete = false
    /// The same process established a connection to the same remote port during the attempt; nil
    /// when the process is not known.
    var hasWinner: Bool? = false
    var isInbound = false
  }

  /// Nothing went wrong.
  static let none = Outcome()
  static let unknown = Outcome(cause: .unknown)

  init(_ attempt: Attempt, _ context: Context) {
    self =
      attempt.established == nil && !context.isInbound
      ? .handshake(attempt, context) : .connection(attempt, context)
  }

  init(
    error: ConnectionError? = nil, stage: ErrorStage? = nil, source: ErrorSource? = nil,
    cause: ErrorCause? = nil
  ) {
    self.error = error
    self.stage = stage
    self.source = source
    self.cause = cause
  }

  /// An error that the kernel told.
  static func kernel(_ number: Int32, _ stage: ErrorStage, _ cause: ErrorCause) -> Outcome {
    guard let error = ConnectionError(number: number) else { return .unknown }
    return Outcome(error: error, stage: stage, source: .kernel, cause: cause)
  }
}

// MARK: - Before ESTABLISHED

extension Outcome {
  private static func handshake(_ attempt: Attempt, _ context: Context) -> Outcome {
    if attempt.error != 0 {
      let isPort = attempt.error == ConnectionError.EADDRNOTAVAIL.number
      return .kernel(
        attempt.error, isPort ? .port : .handshake, attempt.handshakeCause(of: attempt.error))
    }
    // tcp_reset() knows one error for this state, whether or not its report was seen.
    if attempt.receivedReset, attempt.closing?.from == .SYN_SENT {
      return .kernel(ConnectionError.ECONNREFUSED.number, .handshake, .peer_reset)
    }
    if attempt.softError != 0 {
      return .kernel(attempt.softError, .handshake, .icmp)
    }
    guard let closing = attempt.closing, attempt.isWhole, !context.isIncomplete,
      !attempt.hasUnseenFailure
    else { return .unknown }
    if closing.isInterrupt {
      return attempt.ranOutOfTime(at: closing.time) ? .timeout(attempt, .handshake) : .unknown
    }
    let failedAtOnce =
      closing.thread == attempt.thread && (context.portAtEnd ?? 0) == 0 && !attempt.isDisconnected
    return failedAtOnce ? .noPort(attempt, closing) : .gaveUp(attempt, closing, context)
  }

  /// connect(2) left `SYN_SENT` by itself: no local port was free, or the bound one is in use
  /// towards this peer.
  private static func noPort(_ attempt: Attempt, _ closing: Attempt.Closing) -> Outcome {
    guard closing.localPort == attempt.firstPort else {
      // It had a port and failed all the same: want of memory, or a route by port.
      return .unknown
    }
    return Outcome(
      error: .EADDRNOTAVAIL, stage: .port, source: closing.localPort == 0 ? .kernel : .inferred,
      cause: .no_ports)
  }

  private static func gaveUp(
    _ attempt: Attempt, _ closing: Attempt.Closing, _ context: Context
  ) -> Outcome {
    guard let hasWinner = context.hasWinner else { return .unknown }
    if hasWinner { return Outcome(cause: .local_abort) }
    let isLate =
      attempt.retransmits > 0 || closing.time.nanoseconds(since: attempt.began) >= 1_000_000_000
    return Outcome(
      error: isLate ? .ECONNTIMEOUT : .ECONNABORTED, stage: .handshake, source: .application,
      cause: !isLate ? .local_abort : attempt.isDroppedLocally ? .firewall : .gave_up)
  }
}

extension Attempt {
  fileprivate func handshakeCause(of error: Int32) -> ErrorCause {
    switch ConnectionError(number: error) {
    case .ECONNREFUSED: receivedReset ? .peer_reset : .icmp
    case .ECONNTIMEOUT: isDroppedLocally ? .firewall : .timeout
    case .EADDRNOTAVAIL: .no_ports
    case .ENETUNREACH, .EHOSTUNREACH, .EHOSTDOWN, .EACCES, .ENOPROTOOPT: .icmp
    default: .unknown
    }
  }
}

// MARK: - Without error reports

// Kernels before 5.14 do not tell with which error they close a socket.

extension Outcome {
  /// The kernel gave up for want of an answer, as far as that shows.
  fileprivate static func timeout(_ attempt: Attempt, _ stage: ErrorStage) -> Outcome {
    Outcome(
      error: .ECONNTIMEOUT, stage: stage, source: .inferred,
      cause: attempt.isDroppedLocally ? .firewall : .timeout)
  }
}

extension Attempt {
  /// Whether an attempt that the kernel closed ended when its last SYN had waited its time: the
  /// waits double from one second on (RFC 6298), so that the one after `retransmits` repetitions
  /// is over 2^(`retransmits` + 1) - 1 seconds after the first. An ICMP error comes soon after a
  /// SYN and not then, but for a neighbour that does not answer, which takes the kernel three
  /// seconds: the time after one repetition.
  fileprivate func ranOutOfTime(at end: UInt64) -> Bool {
    guard (2...16).contains(retransmits) else { return false }
    let due = ((UInt64(2) << UInt64(retransmits)) - 1) * 1_000_000_000
    return end.nanoseconds(since: began) >= due - due / 20
  }

  /// Whether the kernel closed a connection that neither side had ended or reset: it does so only
  /// when nothing was answered any more (`tcp_write_timeout` and `tcp_keepalive_timer` in
  /// `net/ipv4/tcp_timer.c`, the latter with a reset).
  fileprivate func wentUnanswered(_ closing: Closing) -> Bool {
    closing.isInterrupt && !receivedReset && (retransmits > 0 || sentReset)
      && (closing.from == .ESTABLISHED || closing.from == .CLOSE_WAIT)
  }
}

// MARK: - After ESTABLISHED

extension Outcome {
  /// How long a connection may wait to be accepted before a reset counts as one that hit an
  /// application, in nanoseconds. accept(2) shows in no event; this is what a server that is not
  /// overloaded needs at most.
  private static let acceptTime: UInt64 = 10_000_000

  private static func connection(_ attempt: Attempt, _ context: Context) -> Outcome {
    guard let closing = attempt.closing else { return .none }
    var error = attempt.error
    // The kernel reports a reset in these states only; in the others the application has left.
    if error == 0, attempt.receivedReset, !attempt.isDisconnected {
      switch closing.from {
      case .CLOSE_WAIT: error = ConnectionError.EPIPE.number
      case .ESTABLISHED, .SYN_RECV: error = ConnectionError.ECONNRESET.number
      default: break
      }
    }
    if error == 0, attempt.wentUnanswered(closing), !context.isIncomplete {
      return .timeout(attempt, .established)
    }
    if error == 0 {
      let isOurs = attempt.isDisconnected || attempt.sentReset
      return isOurs ? Outcome(cause: .local_abort) : .none
    }
    let age = closing.time.nanoseconds(since: attempt.established ?? attempt.began)
    if context.isInbound, !attempt.isAccepted, error == ConnectionError.ECONNRESET.number,
      age < acceptTime, attempt.isWhole, !context.isIncomplete
    {
      return Outcome(
        error: .ECONNABORTED, stage: .accept, source: .inferred, cause: .peer_reset)
    }
    return .kernel(error, .established, attempt.connectionCause(of: error))
  }
}

extension Attempt {
  fileprivate func connectionCause(of error: Int32) -> ErrorCause {
    switch ConnectionError(number: error) {
    case .ECONNRESET, .EPIPE: .peer_reset
    case .ECONNTIMEOUT: isDroppedLocally ? .firewall : .timeout
    case .ECONNREFUSED, .ENETUNREACH, .EHOSTUNREACH, .EHOSTDOWN, .EACCES: .icmp
    default: .unknown
    }
  }
}
