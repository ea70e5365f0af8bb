internal import Glibc

extension Capabilities {
  mutating func noteTraceFS(_ error: KernelError? = nil) {
    let remedy =
      switch error?.errno {
      case EPERM, EACCES:
        "Run as root. In a container, run on the host or with CAP_SYS_ADMIN; kernel lockdown "
          + "(confidentiality) forbids it altogether."
      case ENODEV: "Use a kernel built with CONFIG_FTRACE."
      case ENOSYS: "Mount it: mount -t tracefs nodev /sys/kernel/tracing"
      case ENOSPC, ENOMEM: "Free kernel memory, or ask for smaller rings."
      case EROFS: "Make /sys/kernel/tracing writable."
      default: "Check that /sys/kernel/tracing can be used: ls /sys/kernel/tracing/instances"
      }
    note("tracefs", provides: "every connection attempt", error: error, remedy: remedy)
  }

  mutating func note(_ tracepoint: Tracepoint, _ error: KernelError? = nil) {
    let remedy =
      error?.errno ?? ENOENT == ENOENT
      ? "Use Linux \(tracepoint.since) or newer\(tracepoint.option.map { " with \($0)" } ?? "")."
      : "Check the tracepoint: cat /sys/kernel/tracing/\(tracepoint.directory)/format"
    note(
      "\(tracepoint.system):\(tracepoint.name)", provides: tracepoint.provides, error: error,
      remedy: remedy)
  }

  mutating func noteSideband(_ error: KernelError? = nil) {
    let remedy =
      switch error?.errno {
      case EPERM, EACCES:
        "Run with CAP_PERFMON; where /proc/sys/kernel/perf_event_paranoid is 3 or more, and "
          + "before Linux 5.8, with CAP_SYS_ADMIN. Container runtimes forbid it by seccomp."
      case EMFILE: "Raise the limit of open files (ulimit -n): one for each CPU is needed."
      case ENOSYS, ENOENT: "Use a kernel built with CONFIG_PERF_EVENTS."
      default: "Check that perf works here: perf record -a -e dummy true"
      }
    note(
      "perf side-band", provides: "processes that are gone before /proc can be read",
      error: error, remedy: remedy)
  }

  mutating func noteDestroyGroup(_ error: KernelError? = nil) {
    note(
      "sock_diag destroy groups", provides: "final byte counts and round-trip times",
      error: error, remedy: "Use a kernel built with CONFIG_INET_DIAG.")
  }
}

extension Tracepoint {
  /// What is not seen without it.
  fileprivate var provides: String {
    switch self {
    case .inet_sock_set_state: "every connection attempt"
    case .inet_sk_error_report: "exact errors; without it they are told from states and resets"
    case .tcp_destroy_sock: "attempts that the application gave up"
    case .tcp_receive_reset: "resets by the other side"
    case .tcp_send_reset: "own aborts apart from resets by the other side"
    case .tcp_retransmit_skb: "retransmits"
    case .icmp_send: "rejections by this host's own firewall and routes"
    case .fib_table_lookup: "attempts without an IPv4 route, and UDP over IPv4"
    case .fib6_table_lookup: "attempts without an IPv6 route, and UDP over IPv6"
    case .sys_enter_connect, .sys_exit_connect: "the exact result of each connect(2)"
    }
  }

  /// The build option that it depends on, where that is not always set.
  fileprivate var option: String? {
    switch self {
    case .sys_enter_connect, .sys_exit_connect: "CONFIG_FTRACE_SYSCALLS"
    case .fib6_table_lookup: "CONFIG_IPV6"
    default: nil
    }
  }
}
