import Glibc
import NetmonCore

/// The service manager that started this process and wants to know how it is: systemd, or whatever
/// else speaks its protocol. Without one nothing is said.
struct Supervisor: Sendable {
  private let socket: NotifySocket?
  /// Within which time it wants a sign of life, again and again; nil if it does not.
  let watchdog: Duration?

  /// Reads `NOTIFY_SOCKET` (sd_notify(3)), `WATCHDOG_USEC` and `WATCHDOG_PID`
  /// (sd_watchdog_enabled(3)).
  init(environment: [String: String]) {
    socket = environment["NOTIFY_SOCKET"].flatMap(NotifySocket.init)
    // One that was inherited is meant for another process.
    let isMeant = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init) ?? 0
    watchdog = socket != nil && isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
  }

  /// Says that all runs, and what that is, in one line.
  func isReady(_ status: String) {
    socket?.send("READY=1", "STATUS=\(terminalSafe(status))")
  }

  func isAlive() {
    socket?.send("WATCHDOG=1")
  }

  func isStopping() {
    socket?.send("STOPPING=1", "STATUS=stopping")
  }
}
