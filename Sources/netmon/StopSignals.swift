import Dispatch
import Glibc
import ServiceLifecycle
import Synchronization

/// The signals that end what runs until it is told to stop: SIGINT, SIGTERM and SIGHUP, but not a
/// SIGHUP that nohup(1) has ignored.
///
/// From the beginning on they are written into a pipe, so that none ends the program after something
/// was made that the kernel keeps (a trace instance) and before services heed signals. That is not
/// left to the signals of swift-service-lifecycle either: libdispatch hands those on to the thread
/// that first heard of one, and once this has ended they are lost.
struct StopSignals: Sendable {
  /// Where signals are written to. Global, as a handler knows nothing else.
  private static let writing = Atomic<Int32>(-1)
  private static let reading = Atomic<Int32>(-1)
  private static let hasArrived = Atomic(false)

  /// Whether there was one.
  static var haveCome: Bool { hasArrived.load(ordering: .relaxed) }

  /// Heeds them from now on, for good.
  static func hold() {
    guard writing.load(ordering: .acquiring) < 0 else { return }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    reading.store(ends[0], ordering: .relaxed)
    writing.store(ends[1], ordering: .releasing)
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      let before = Glibc.signal(signal) { _ in
        let before = errno
        StopSignals.note()
        errno = before
      }
      if signal == SIGHUP, isIgnored(before) { Glibc.signal(SIGHUP, SIG_IGN) }
    }
  }

  /// Has all end as if a signal had come. May be called in a signal handler.
  static func note() {
    hasArrived.store(true, ordering: .relaxed)
    var byte: UInt8 = 1
    write(writing.load(ordering: .relaxed), &byte, 1)
  }

  private static func isIgnored(_ handler: __sighandler_t?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// A service that ends when a signal has come, also one that came before it began.
  struct Watch: Service {
    func run() async throws {
      let (signals, arrival) = AsyncStream.makeStream(of: Void.self)
      let descriptor = StopSignals.reading.load(ordering: .acquiring)
      let source = DispatchSource.makeReadSource(
        fileDescriptor: descriptor, queue: DispatchQueue(label: "netmon.signals"))
      source.setEventHandler {
        var byte: UInt8 = 0
        if read(descriptor, &byte, 1) == 1 { arrival.yield() }
      }
      source.activate()
      defer { source.cancel() }
      for await _ in signals.cancelOnGracefulShutdown() { return }
    }
  }
}
