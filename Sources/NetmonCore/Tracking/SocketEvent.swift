/// Something the kernel told about a socket or a process, from any source, in one order of time.
public struct SocketEvent: Hashable, Sendable {
  /// `CLOCK_MONOTONIC`, in nanoseconds.
  public var time: UInt64
  /// The CPU on which it happened; events of one CPU nest.
  public var cpu: UInt32
  /// The thread that was running, in the initial pid namespace: the actor in process context, a
  /// bystander in interrupt context.
  public var thread: Int32
  /// Raised in a softirq or hardirq (`common_flags & 0x18`), so that `thread` says nothing.
  public var isInterrupt: Bool
  public var kind: Kind

  public init(time: UInt64, cpu: UInt32, thread: Int32, isInterrupt: Bool = false, kind: Kind) {
    self.time = time
    self.cpu = cpu
    self.thread = thread
    self.isInterrupt = isInterrupt
    self.kind = kind
  }

  /// Where events come from, each of which may have to drop some.
  public enum Source: Hashable, Sendable {
    /// What happens to sockets.
    case tracefs
    /// What processes do.
    case perf
    /// The final figures of sockets.
    case sock_diag
  }

  public enum Kind: Hashable, Sendable {
    /// `sock:inet_sock_set_state`.
    case setState(StateChange)
    /// `sock:inet_sk_error_report`: no socket address; error 0 is a soft error or `tcp_disconnect`.
    case errorReport(Tuple, error: Int32)
    /// `tcp:tcp_destroy_sock`.
    case destroy(socket: UInt64, Tuple, cookie: UInt64)
    /// `tcp:tcp_receive_reset`.
    case receiveReset(socket: UInt64, Tuple)
    /// `tcp:tcp_send_reset`; socket 0 when the segment belonged to none.
    case sendReset(socket: UInt64, Tuple)
    /// `tcp:tcp_retransmit_skb`; `error` is negative when the segment could not be sent (newer kernels).
    case retransmit(socket: UInt64, Tuple, error: Int32?)
    /// `icmp:icmp_send` and its like: this kernel rejects a datagram or segment. The tuple is the
    /// rejected packet's own, `local` its sender; the tracepoint has ports for UDP only, so that a
    /// tuple without them counts as TCP.
    case icmpSend(Tuple?, type: UInt8, code: UInt8)
    /// `fib:fib_table_lookup`, `fib6:fib6_table_lookup` with iif 1: a lookup for a local sender.
    /// `table` is its `tb_id`: an attempt asks several. `error` is 0 or a negative errno.
    case routeLookup(Tuple, table: UInt32, error: Int32)
    /// `syscalls:sys_enter_connect` (only with --trace-syscalls); destination as far as it could be read.
    case connectEnter(descriptor: Int32, destination: Endpoint?)
    /// `syscalls:sys_exit_connect`: 0 or a negative errno.
    case connectExit(result: Int32)
    /// perf side-band: PERF_RECORD_FORK / EXIT; pids in the initial pid namespace.
    case fork(process: Int32, thread: Int32, parentProcess: Int32, parentThread: Int32)
    case exit(process: Int32, thread: Int32)
    /// PERF_RECORD_COMM; `isExec` from PERF_RECORD_MISC_COMM_EXEC.
    case name(process: Int32, thread: Int32, name: String, isExec: Bool)
    /// The first executable mapping after an exec: the executable's absolute path.
    case executable(process: Int32, path: String)
    /// PERF_RECORD_NAMESPACES: inode of the network namespace.
    case networkNamespace(process: Int32, thread: Int32, inode: UInt64)
    /// PERF_RECORD_CGROUP: a cgroup's id and path.
    case cgroup(id: UInt64, path: String)
    /// sock_diag destroy group: the final figures of a TCP socket, by the cookie of its `destroy`,
    /// after which it comes.
    case figures(cookie: UInt64, SocketFigures)
    /// Events lost by a source between the time of this event and `until`; how many, as far as the
    /// kernel says (0: unknown).
    case lost(Source, count: UInt64, until: UInt64)
  }

  /// The ends of a socket as an event shows them; ports 0 where the kernel does not know yet.
  public struct Tuple: Hashable, Sendable {
    public var transport: TransportProtocol
    public var local: Endpoint
    public var remote: Endpoint

    public init(_ transport: TransportProtocol, local: Endpoint, remote: Endpoint) {
      self.transport = transport
      self.local = local
      self.remote = remote
    }
  }

  public struct StateChange: Hashable, Sendable {
    /// The address of the kernel's socket, reused as soon as it is destroyed.
    public var socket: UInt64
    public var tuple: Tuple
    public var from: TCPState
    public var to: TCPState

    public init(socket: UInt64, tuple: Tuple, from: TCPState, to: TCPState) {
      self.socket = socket
      self.tuple = tuple
      self.from = from
      self.to = to
    }
  }
}

/// What the kernel counted for one TCP socket (`struct tcp_info`, tcp(7)).
public struct SocketFigures: Hashable, Sendable {
  /// Bytes of data sent, without what was sent again.
  public var bytesSent: UInt64
  /// Bytes of data received, and one more once the other side's FIN has come (`tcpi_bytes_received`).
  public var bytesReceived: UInt64
  /// Smoothed round-trip time in microseconds; 0 until one was measured.
  public var rtt: UInt32
  /// Segments sent again in the socket's life.
  public var retransmits: UInt32

  public init(bytesSent: UInt64, bytesReceived: UInt64, rtt: UInt32, retransmits: UInt32) {
    self.bytesSent = bytesSent
    self.bytesReceived = bytesReceived
    self.rtt = rtt
    self.retransmits = retransmits
  }
}
