/// The tracepoints that netmon listens to, with the kernel's names.
package enum Tracepoint: String, CaseIterable, Sendable {
  case inet_sock_set_state
  case inet_sk_error_report
  case tcp_destroy_sock
  case tcp_receive_reset
  case tcp_send_reset
  case tcp_retransmit_skb
  case icmp_send
  case fib_table_lookup
  case fib6_table_lookup
  case sys_enter_connect
  case sys_exit_connect

  package var name: String { rawValue }

  /// The directory of it under `events/`.
  package var system: String {
    switch self {
    case .inet_sock_set_state, .inet_sk_error_report: "sock"
    case .tcp_destroy_sock, .tcp_receive_reset, .tcp_send_reset, .tcp_retransmit_skb: "tcp"
    case .icmp_send: "icmp"
    case .fib_table_lookup: "fib"
    case .fib6_table_lookup: "fib6"
    case .sys_enter_connect, .sys_exit_connect: "syscalls"
    }
  }

  package var directory: String { "events/\(system)/\(name)" }

  /// Whether it costs every system call of the machine (41 ns each, measured on Linux 6.18), so
  /// that it is only used when asked for.
  package var isSystemCall: Bool { system == "syscalls" }

  /// What the kernel itself filters by (`Documentation/trace/events.rst`, event filtering).
  package var filter: String? {
    switch self {
    // The same events tell of SCTP (132) and of MPTCP (262), whose subflows are TCP of their own.
    case .inet_sock_set_state: "protocol==6"
    case .inet_sk_error_report: "protocol==6||protocol==17"
    // A local sender is on the loopback interface (1). Of TCP, which tells the rest itself, only
    // failures. Table 255 holds local addresses and is asked first, so that it misses mostly.
    case .fib_table_lookup, .fib6_table_lookup:
      "iif==1&&((proto==6&&err!=0&&tb_id!=255)||(proto==17&&(err==0||tb_id!=255)))"
    default: nil
    }
  }

  /// The kernel version that brought it in the form needed here.
  package var since: String {
    switch self {
    case .inet_sock_set_state, .tcp_destroy_sock, .tcp_receive_reset, .tcp_send_reset: "4.16"
    case .tcp_retransmit_skb: "4.15"
    case .inet_sk_error_report: "5.14"
    case .icmp_send: "6.10"
    case .fib_table_lookup, .fib6_table_lookup: "4.18"
    case .sys_enter_connect, .sys_exit_connect: "2.6.31"
    }
  }
}
