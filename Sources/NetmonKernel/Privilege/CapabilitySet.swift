internal import NetmonCore

/// Capabilities of a process (capabilities(7)): bit N is number N of `linux/capability.h`.
public struct CapabilitySet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64

  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  private init(_ number: Int) {
    rawValue = 1 << UInt64(number)
  }

  /// To change whose a file is.
  public static let CAP_CHOWN = Self(0)
  /// To write any file.
  public static let CAP_DAC_OVERRIDE = Self(1)
  /// To read any file: whose descriptors `/proc/PID/fd` are, and tracefs.
  public static let CAP_DAC_READ_SEARCH = Self(2)
  public static let CAP_SETGID = Self(6)
  public static let CAP_SETUID = Self(7)
  public static let CAP_SETPCAP = Self(8)
  /// To bind a port below 1024.
  public static let CAP_NET_BIND_SERVICE = Self(10)
  /// To hear the sockets of other network namespaces end.
  public static let CAP_NET_BROADCAST = Self(11)
  /// To number another network namespace, so that it can be heard.
  public static let CAP_NET_ADMIN = Self(12)
  /// To look into another user's process: its descriptors, executable and namespaces.
  public static let CAP_SYS_PTRACE = Self(19)
  public static let CAP_SYS_ADMIN = Self(21)
  /// To follow all processes by perf (Linux 5.8).
  public static let CAP_PERFMON = Self(38)
}

extension CapabilitySet {
  /// What it takes, once all is open, to know whose a socket is.
  public static let polling: CapabilitySet = [.CAP_SYS_PTRACE, .CAP_DAC_READ_SEARCH]

  /// What the kernel tier takes besides: CPUs and network namespaces that come later.
  public static let tracing: CapabilitySet = [.polling, .CAP_NET_ADMIN, .CAP_PERFMON]

  /// What a collector must be started with to work as it does for root, when it is started as
  /// another user: those of `tracing`, and what it opens the kernel's sources with and gives up.
  public static let starting: CapabilitySet = [.tracing, .CAP_NET_BROADCAST, .CAP_DAC_OVERRIDE]

  /// Those that this kernel has (`/proc/sys/kernel/cap_last_cap`).
  public static var known: CapabilitySet {
    let last = try? ProcFS().line(of: "sys/kernel/cap_last_cap")
    guard let last, let number = UInt64(last), number < 63 else { return Self(rawValue: .max) }
    return Self(rawValue: 1 << (number + 1) - 1)
  }

  /// Those that have a name here.
  private static let named: [(CapabilitySet, String)] = [
    (.CAP_CHOWN, "CAP_CHOWN"), (.CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE"),
    (.CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"), (.CAP_SETGID, "CAP_SETGID"),
    (.CAP_SETUID, "CAP_SETUID"), (.CAP_SETPCAP, "CAP_SETPCAP"),
    (.CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE"), (.CAP_NET_BROADCAST, "CAP_NET_BROADCAST"),
    (.CAP_NET_ADMIN, "CAP_NET_ADMIN"), (.CAP_SYS_PTRACE, "CAP_SYS_PTRACE"),
    (.CAP_SYS_ADMIN, "CAP_SYS_ADMIN"), (.CAP_PERFMON, "CAP_PERFMON"),
  ]

  /// Their names in the order of their numbers: `CAP_SYS_PTRACE`, or the number of one that has none
  /// here.
  public var names: [String] {
    (0..<64).compactMap { number in
      let capability = CapabilitySet(number)
      guard contains(capability) else { return nil }
      return Self.named.first { $0.0 == capability }?.1 ?? "capability \(number)"
    }
  }
}
