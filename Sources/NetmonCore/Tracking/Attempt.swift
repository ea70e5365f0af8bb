/// What events have told of one TCP socket: the evidence from which ``Outcome`` is concluded.
struct Attempt: Sendable {
  /// The transition to `CLOSE`.
  struct Closing: Sendable {
    var time: UInt64
    var from: TCPState
    var thread: Int32
    var isInterrupt: Bool
    var localPort: UInt16
  }

  /// The address of the kernel's socket; reused as soon as that is destroyed.
  var kernelAddress: UInt64
  /// When the first event of it came, on the monotonic clock, and what the wall clock showed.
  var began: UInt64
  var beganAt: Timestamp
  /// The thread that called connect(2).
  var thread: Int32
  /// The local port at the first event: 0 unless bound, or left over from an earlier attempt.
  var firstPort: UInt16
  /// Whether the first event was the SYN, so that nothing went before it.
  var isWhole: Bool

  var established: UInt64?
  var closing: Closing?
  /// The errno that the kernel reported to the application; 0 when none.
  var error: Int32 = 0
  /// The errno of an ICMP error made by this kernel during connect(2), or what connect(2) returned.
  var softError: Int32 = 0
  /// Error reports whose errno the application had already taken when the kernel traced them.
  var takenErrors = 0
  var receivedReset = false
  var sentReset = false
  /// `tcp_disconnect`: shutdown(2) while connecting, connect(2) to AF_UNSPEC, linger 0, or a
  /// listener that closes with connections nobody accepted.
  var isDisconnected = false
  /// A failure was reported and undone, but the report itself is missing.
  var hasUnseenFailure = false
  /// The peer's FIN has come; the kernel counts it as a byte received.
  var hasPeerFinished = false
  var retransmits: Int64 = 0
  /// A SYN was dropped on its way out of this host.
  var isDroppedLocally = false
  /// A process has the socket: it made it, or something it did showed that it accepted it.
  var isAccepted = false
  /// The outcome is in the record; only the kernel's socket is still there.
  var isSettled = false

  /// The wall-clock time of a moment in this socket's life; setting the clock changes nothing.
  func moment(_ time: UInt64) -> Timestamp {
    beganAt.advanced(byMicroseconds: time.microseconds(since: began))
  }
}
