import Glibc
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

  /// Lets them wait until services heed them, so that none ends the program between the making of
  /// what the kernel keeps (a trace instance) and that. They reach the main thread only: the others
  /// block them anyway.
  static func hold() async {
    await MainActor.run {
      var signals = sigset_t()
      sigemptyset(&signals)
      for signal in heeded { sigaddset(&signals, signal.rawValue) }
      pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
  }
}
