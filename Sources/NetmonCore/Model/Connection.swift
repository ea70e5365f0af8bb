/// One connection, attempt, listening socket or UDP socket: the record that netmon is about.
///
/// It is updated as it lives; each version carries a higher `revision`. Times are UTC, durations
/// are microseconds, sizes are bytes. What is unknown is nil, never a made-up 0.
public struct Connection: Hashable, Sendable {
  /// The row id in the store that holds it, below 2⁵³; nil until it is stored.
  @Packed public var id: Int64?
  /// Nil until a store has taken it in.
  public var origin: Origin?
  /// Version of the record at its origin, from 1 upward.
  public var revision: Int64 = 1

  /// When the attempt or socket was first seen.
  public var timestamp: Timestamp
  @Packed public var establishedAt: Timestamp?
  @Packed public var closedAt: Timestamp?
  @Packed public var updatedAt: Timestamp?

  public var host: String?
  public var process: ProcessDetails = .unknown

  public var transport: TransportProtocol
  public var direction: Direction?
  public var state: TCPState
  public var local: Endpoint
  public var remote: Endpoint
  /// Service of the remote port; of the local one when inbound or listening.
  public var serviceName: String?

  public var error: ConnectionError?
  public var errorStage: ErrorStage?
  public var errorSource: ErrorSource?
  /// What brought the error about; without an error, what ended the connection (`local_abort`).
  public var errorCause: ErrorCause?

  /// From the first SYN to ESTABLISHED.
  @Packed public var connectMicroseconds: Int64?
  /// From first seen to closed.
  @Packed public var durationMicroseconds: Int64?
  @Packed public var bytesSent: Int64?
  @Packed public var bytesReceived: Int64?
  @Packed public var rttMicroseconds: Int64?
  @Packed public var retransmits: Int64?
  /// What the kernel dropped for want of room: connections at a listener, datagrams at a UDP socket.
  @Packed public var drops: Int64?
  /// The inode of the network namespace (`/proc/PID/ns/net`).
  @Packed public var networkNamespace: Int64?
  /// The socket's inode: says within one boot whether a socket is the one seen before.
  @Packed public var inode: Int64?

  public init(
    timestamp: Timestamp, transport: TransportProtocol, state: TCPState, local: Endpoint,
    remote: Endpoint
  ) {
    self.timestamp = timestamp
    self.transport = transport
    self.state = state
    self.local = local
    self.remote = remote
  }

  /// When the error struck, for counts and timelines: the end if known, else the beginning.
  public var failedAt: Timestamp { closedAt ?? timestamp }

  public var family: IPAddress.Family { remote.address.family }
}
