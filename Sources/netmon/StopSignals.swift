import Glibc
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The signals that end what runs until it is told to stop.
enum StopSignals {
  /// Those that are heeded: what nohup(1) has ignored stays so.
  static var heeded: [UnixSignal] {
    var hangUp = sigaction()
    sigaction(SIGHUP, nil, &hangUp)
    let isIgnored =
      unsafeBitCast(hangUp.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
    return isIgnored ? [.sigint, .sigterm] : [.sigint, .sigterm, .sighup]
  }

  /// The signals that have come while they were held, a bit for each. Global, as a handler knows
  /// nothing else.
  private static let held = Atomic<UInt32>(0)

  /// Has them wait until ``Release`` runs, so that none ends the program after something was made
  /// that the kernel keeps (a trace instance) and before services heed signals.
  static func hold() {
    held.store(0, ordering: .relaxed)
    for signal in heeded {
      Glibc.signal(signal.rawValue) { number in
        StopSignals.held.bitwiseOr(1 << UInt32(number), ordering: .relaxed)
      }
    }
  }

  /// Sends the held signals again; a service group heeds them once its services run.
  struct Release: Service {
    func run() async throws {
      let held = StopSignals.held.exchange(0, ordering: .relaxed)
      for number in 0..<Int32(UInt32.bitWidth) where held >> UInt32(number) & 1 == 1 {
        kill(getpid(), number)
      }
      try await gracefulShutdown()
    }
  }
}
