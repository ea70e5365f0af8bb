/// One socket as the kernel lists it at one moment.
public struct SocketEntry: Hashable, Sendable {
  /// The inode of the network namespace it lives in.
  public var networkNamespace: UInt64
  public var transport: TransportProtocol
  public var state: TCPState
  public var local: Endpoint
  public var remote: Endpoint
  /// The socket's inode; 0 when no file refers to it (`TIME_WAIT`, `SYN_RECV`, not yet accepted,
  /// or already closed by its process).
  public var inode: UInt64
  /// The effective user who made it.
  public var userID: UInt32
  /// How often the segment in flight was sent again without an answer.
  public var retransmits: UInt32
  /// The process that has it open; the oldest when several share it.
  public var owner: ProcessIdentity?
  /// The kernel's number of the socket, never given out again; 0 when unknown. Only sock_diag tells
  /// it and the following.
  public var cookie: UInt64 = 0
  /// What the kernel counted; nil unless asked for, and for anything but TCP.
  public var figures: SocketFigures?
  /// What had no room: connections at a listener, because its queue was full or for another reason,
  /// datagrams at a UDP socket, since it was made. Nil where that is not counted.
  public var drops: UInt32?
  /// Of a listener.
  public var listenQueue: ListenQueue?

  public init(
    networkNamespace: UInt64, transport: TransportProtocol, state: TCPState, local: Endpoint,
    remote: Endpoint, inode: UInt64, userID: UInt32 = 0, retransmits: UInt32 = 0,
    owner: ProcessIdentity? = nil
  ) {
    self.networkNamespace = networkNamespace
    self.transport = transport
    self.state = state
    self.local = local
    self.remote = remote
    self.inode = inode
    self.userID = userID
    self.retransmits = retransmits
    self.owner = owner
  }
}

/// The connections that wait at a listener for accept(2).
public struct ListenQueue: Hashable, Sendable {
  public var length: UInt32
  /// What listen(2) allowed; one more than that has room.
  public var limit: UInt32

  public init(length: UInt32, limit: UInt32) {
    self.length = length
    self.limit = limit
  }
}

/// All sockets of a host at one moment, with their processes and the counters that help to tell
/// how a vanished one ended.
public struct SocketSnapshot: Sendable {
  /// When the tables were read.
  public var time: Timestamp
  /// What was read: of other sockets it says nothing.
  public var transports: Set<TransportProtocol>
  public var sockets: [SocketEntry] = []
  /// The processes that own `sockets`.
  public var processes: [ProcessIdentity: ProcessDetails] = [:]
  /// By inode of the network namespace; a namespace whose counters could not be read is absent.
  public var counters: [UInt64: NetworkCounters] = [:]
  /// Namespaces whose socket tables were read completely. What is missing from a snapshot has
  /// ended only if its namespace was read.
  public var completeNamespaces: Set<UInt64> = []
  /// What was skipped because it vanished, was denied or could not be understood.
  public var skipped = SkipCounts()

  public init(
    time: Timestamp, transports: Set<TransportProtocol> = Set(TransportProtocol.allCases)
  ) {
    self.time = time
    self.transports = transports
  }
}

/// How much of `/proc` could not be used, by reason; never fatal.
public struct SkipCounts: Hashable, Sendable {
  /// Processes or files that disappeared while they were read.
  public var vanished = 0
  /// What the kernel did not let this user read.
  public var denied = 0
  /// Lines that were not as documented.
  public var malformed = 0

  public init() {}
}

/// The counters of one network namespace that tell failed attempts apart, from
/// `/proc/PID/net/snmp`, `snmp6` and `netstat` (RFC 4022, RFC 5097; Linux names).
public struct NetworkCounters: Hashable, Sendable {
  /// `Tcp: ActiveOpens`: attempts begun.
  public var activeOpens: UInt64 = 0
  /// `Tcp: AttemptFails`: attempts the kernel gave up; not those the application closed.
  public var attemptFails: UInt64 = 0
  /// `Tcp: InSegs`.
  public var inSegs: UInt64 = 0
  /// `TcpExt: TCPAbortOnTimeout`: connections and attempts ended for want of an answer.
  public var abortOnTimeout: UInt64 = 0
  /// `Icmp: InDestUnreachs` and `Icmp6InDestUnreachs` together.
  public var inDestUnreachs: UInt64 = 0
  /// `TcpExt: ListenOverflows`: connections lost to a full accept queue.
  public var listenOverflows: UInt64 = 0

  public init() {}
}
