/// How attempts ended that vanished between two polls, as far as the counters of their network
/// namespace prove it.
///
/// Polling never sees an errno. But the kernel counts every attempt it gives up
/// (`Tcp: AttemptFails`, incremented by `tcp_done` in `net/ipv4/tcp.c`), those for want of an
/// answer (`TCPAbortOnTimeout`) and the unreachables it received; an attempt closed by its
/// application counts in none of them. Where arithmetic leaves one explanation it is given,
/// otherwise nothing: an unknown error is better than a wrong one.
struct AttemptInference {
  /// An attempt in `SYN_SENT` that was gone at the next poll.
  struct Vanished {
    /// From first seen to gone, in microseconds.
    var age: Int64
    var retransmits: UInt32
  }

  struct Verdict: Hashable {
    var error: ConnectionError
    var cause: ErrorCause
  }

  /// What the counters grew by since the poll before.
  var growth: NetworkCounters
  /// What they grew by in the interval before that; an attempt that failed while the last
  /// snapshot was being taken is counted there.
  var earlierGrowth: NetworkCounters
  /// How many attempts vanished in this namespace and interval.
  var vanished: UInt64
  /// How many outbound connections were seen for the first time now: begun in this interval, and
  /// not among the failures.
  var begunAndAlive: UInt64

  /// How the attempt ended; ``Outcome/none`` when that cannot be told.
  func outcome(of attempt: Vanished) -> Outcome {
    guard let verdict = verdict(on: attempt) else { return .none }
    return Outcome(
      error: verdict.error, stage: .handshake, source: .inferred, cause: verdict.cause)
  }

  private func verdict(on attempt: Vanished) -> Verdict? {
    if areAllFailed { return failure(attempt) }
    // Nothing failed and nothing came in: no handshake was completed, so the application let go.
    guard growth.attemptFails == 0, earlierGrowth.attemptFails == 0, growth.inSegs == 0 else {
      return nil
    }
    return attempt.retransmits > 0 || attempt.age >= 1_000_000
      ? Verdict(error: .ECONNTIMEOUT, cause: .gave_up)
      : Verdict(error: .ECONNABORTED, cause: .local_abort)
  }

  /// Whether the failures counted cannot all belong to attempts too short to be seen.
  private var areAllFailed: Bool {
    let unseen =
      growth.activeOpens > begunAndAlive ? growth.activeOpens - begunAndAlive : 0
    // Counters may be anything, so no sum that could turn over.
    return growth.attemptFails >= vanished && growth.attemptFails - vanished >= unseen
  }

  private func failure(_ attempt: Vanished) -> Verdict? {
    let wasRetransmitted = attempt.retransmits > 0
    switch (growth.abortOnTimeout, growth.inDestUnreachs) {
    case (0, 0):
      return Verdict(error: .ECONNREFUSED, cause: .peer_reset)
    case (_, 0):
      // The kernel gives up for want of an answer only after sending the SYN again.
      if !wasRetransmitted { return Verdict(error: .ECONNREFUSED, cause: .peer_reset) }
      guard growth.abortOnTimeout >= vanished else { return nil }
      return Verdict(error: .ECONNTIMEOUT, cause: .timeout)
    case (0, _):
      // A port unreachable (which means refused) comes at once, while a neighbour that does not
      // answer takes the kernel three seconds: only the late one is surely a host unreachable.
      guard growth.inDestUnreachs >= vanished, wasRetransmitted, attempt.age >= 1_000_000 else {
        return nil
      }
      return Verdict(error: .EHOSTUNREACH, cause: .icmp)
    default:
      return nil
    }
  }
}

extension NetworkCounters {
  /// What each counter grew by since `earlier`; one that was reset counts as unchanged.
  func growth(since earlier: NetworkCounters) -> NetworkCounters {
    func difference(_ counter: KeyPath<NetworkCounters, UInt64>) -> UInt64 {
      self[keyPath: counter] > earlier[keyPath: counter]
        ? self[keyPath: counter] - earlier[keyPath: counter] : 0
    }
    var growth = NetworkCounters()
    growth.activeOpens = difference(\.activeOpens)
    growth.attemptFails = difference(\.attemptFails)
    growth.inSegs = difference(\.inSegs)
    growth.abortOnTimeout = difference(\.abortOnTimeout)
    growth.inDestUnreachs = difference(\.inDestUnreachs)
    growth.listenOverflows = difference(\.listenOverflows)
    return growth
  }
}
