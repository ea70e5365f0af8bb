import Foundation
import Glibc

/// Runs netmon on a pseudo-terminal (pty(7)).
enum Terminal {
  /// What a terminal of that many columns is shown, line ends as `\n`; the program is killed if it
  /// has not ended by itself after a minute.
  static func run(
    _ command: String, columns: Int = 80, environment: [String: String] = [:]
  ) async throws -> String {
    let (main, terminal) = try pair()
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    let ours = ["NETMON": BuiltProducts.netmon]
    let all = ProcessInfo.processInfo.environment.merging(Netmon.environment) { $1 }
      .merging(ours) { $1 }.merging(environment) { $1 }.filter { $0.key != "COLUMNS" }
    let pid = try ChildProcess.spawn(
      ["bash", "-c", "netmon() { \"$NETMON\" \"$@\"; }\n\(command)"], all,
      streams: [terminal, terminal, terminal])
    close(terminal)
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: Self.output(of: pid, on: main)) }
    }
  }

  /// The two ends of a new pseudo-terminal, neither of which other children inherit: what
  /// posix_openpt(3), unlockpt(3) and an open of its name do, which Swift does not import.
  private static func pair() throws -> (main: Int32, terminal: Int32) {
    // TIOCSPTLCK and TIOCGPTPEER of ioctl_tty(2).
    let (lock, openPeer): (UInt, UInt) = (0x4004_5431, 0x5441)
    let main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var isLocked: Int32 = 0
    guard main >= 0, ioctl(main, lock, &isLocked) == 0,
      case let terminal = ioctl(main, openPeer, O_RDWR | O_NOCTTY | O_CLOEXEC), terminal >= 0
    else { throw ChildProcess.StartError(operation: "open a pseudo-terminal", errno: errno) }
    return (main, terminal)
  }

  /// Everything up to the end of the program, which reads as an error (EIO) here.
  private static func output(of pid: pid_t, on main: Int32) -> String {
    let deadline = Date.now.addingTimeInterval(60)
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var waiting = pollfd(fd: main, events: Int16(POLLIN), revents: 0)
      poll(&waiting, 1, 1000)
      if Date.now > deadline { kill(pid, SIGKILL) }
      guard waiting.revents != 0 else { continue }
      let count = read(main, &buffer, buffer.count)
      if count > 0 {
        text += buffer[..<count]
      } else if errno != EINTR {
        break
      }
    }
    close(main)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    // The terminal puts a carriage return before each newline, and CSV has one already.
    return String(decoding: text.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
  }
}
