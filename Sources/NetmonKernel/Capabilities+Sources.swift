internal import Glibc

extension Capabilities {
  mutating func noteProcessNumbers(_ error: KernelError? = nil) {
    note(
      Self.processNumbers, provides: "the processes that events are about", error: error,
      remedy: "run on the host, or in its PID namespace (docker run --pid=host)")
  }

  mutating func noteTraceFS(_ error: KernelError? = nil) {
    let remedy =
      switch error?.errno {
      case EACCES where geteuid() != 0: "run as root, or with CAP_DAC_OVERRIDE"
      case EPERM where geteuid() != 0: "run as root"
      case EPERM, EACCES:
        "run on the host, or give the container CAP_SYS_ADMIN and a /sys that is writable; "
          + "kernel lockdown (confidentiality) forbids it altogether"
      case ENODEV: "use a kernel built with CONFIG_FTRACE"
      case ENOSYS: "mount it: mount -t tracefs nodev /sys/kernel/tracing"
      case ENOSPC, ENOMEM: "free kernel memory"
      case EROFS: "make /sys/kernel/tracing writable"
      default: "check that /sys/kernel/tracing can be used: ls /sys/kernel/tracing/instances"
      }
    note(Self.tracefs, provides: "every connection attempt", error: error, remedy: remedy)
  }

  mutating func note(_ tracepoint: Tracepoint, _ error: KernelError? = nil) {
    let remedy =
      error?.errno ?? ENOENT == ENOENT
      ? "use Linux \(tracepoint.since) or newer\(tracepoint.option.map { " with \($0)" } ?? "")"
      : "check the tracepoint: cat /sys/kernel/tracing/\(tracepoint.directory)/format"
    note(tracepoint.fullName, provides: tracepoint.provides, error: error, remedy: remedy)
  }

  mutating func noteSideband(_ error: KernelError? = nil) {
    let remedy =
      switch error?.errno {
      case EPERM where geteuid() != 0, EACCES where geteuid() != 0:
        "run as root, or with CAP_PERFMON"
      case EPERM, EACCES:
        "run with CAP_PERFMON; where /proc/sys/kernel/perf_event_paranoid is 3 or more, and "
          + "before Linux 5.8, with CAP_SYS_ADMIN; container runtimes forbid it by seccomp"
      case EMFILE: "raise the limit of open files (ulimit -n): one for each CPU is needed"
      case ENOSYS, ENOENT: "use a kernel built with CONFIG_PERF_EVENTS"
      default: "check that perf works here: perf record -a -e dummy true"
      }
    note(
      Self.sideband, provides: "processes that are gone before /proc can be read", error: error,
      remedy: remedy)
  }

  mutating func noteConnectSampler(_ error: KernelError? = nil) {
    note(
      "perf samples of connect(2)",
      provides: "where a call goes that fails before any socket event", error: error,
      remedy: "Run with CAP_PERFMON, on x86-64 or arm64.")
  }

  mutating func noteDestroyGroup(_ error: KernelError? = nil) {
    note(
      "sock_diag-destroy", provides: "final byte counts and round-trip times", error: error,
      remedy: Self.diagRemedy(error))
  }

  mutating func noteSockDiag(_ error: KernelError? = nil) {
    note(
      "sock_diag", provides: "all sockets at a look, with bytes and round-trip times",
      error: error, remedy: Self.diagRemedy(error))
  }

  mutating func noteOtherNamespaces(_ error: KernelError? = nil) {
    let remedy =
      switch error?.errno {
      case EPERM, EACCES:
        "run as root, or with CAP_SYS_ADMIN; until then they are read from /proc"
      default: Self.diagRemedy(error)
      }
    note(
      "sock_diag-namespaces", provides: "the same in other network namespaces", error: error,
      remedy: remedy)
  }

  private static func diagRemedy(_ error: KernelError?) -> String {
    switch error?.errno {
    case EPERM, EACCES: "allow netlink sockets: a seccomp filter or security module forbids them"
    default: "use a kernel built with CONFIG_INET_DIAG"
    }
  }
}

extension Tracepoint {
  /// As in `perf list` and `trace-cmd list`: `tcp:tcp_receive_reset`.
  var fullName: String { "\(system):\(name)" }

  /// What is not seen without it.
  fileprivate var provides: String {
    switch self {
    case .inet_sock_set_state: "every connection attempt"
    case .inet_sk_error_report:
      "exact errors, those of UDP too; without it those of TCP are told from states and resets"
    case .tcp_destroy_sock: "attempts that the application gave up"
    case .tcp_receive_reset: "resets by the other side"
    case .tcp_send_reset: "own aborts apart from resets by the other side"
    case .tcp_retransmit_skb: "retransmits"
    case .icmp_send: "rejections by this host's own firewall and routes"
    case .fib_table_lookup: "attempts without an IPv4 route, and UDP over IPv4"
    case .fib6_table_lookup: "attempts without an IPv6 route, and UDP over IPv6"
    case .sys_enter_connect, .sys_exit_connect: "what --trace-syscalls adds"
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
