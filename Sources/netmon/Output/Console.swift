import Glibc

/// Standard output and standard error.
///
/// Writing ends the program quietly when the reader has gone (`netmon query | head -1`).
struct Console: Sendable {
  /// Whether standard output is a terminal.
  let isTerminal: Bool
  /// Whether colour is wanted there: a terminal that can, and no `NO_COLOR` (no-color.org).
  let hasColor: Bool
  /// The columns of the terminal.
  let width: Int

  init(environment: [String: String], width: Int) {
    isTerminal = isatty(STDOUT_FILENO) == 1
    hasColor =
      isTerminal && environment["TERM"] != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
    self.width = width
  }

  /// Writes to standard output at once, without a buffer that could hold lines back.
  func write(_ text: String) {
    var text = text
    text.withUTF8 { Self.write($0, to: STDOUT_FILENO) }
  }

  func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { Self.write($0, to: STDOUT_FILENO) }
  }

  /// Writes one line of message to standard error.
  func say(_ message: String) {
    complain("netmon: \(message)\n")
  }

  /// Writes text to standard error as it stands.
  func complain(_ text: String) {
    var text = text
    text.withUTF8 { Self.write($0, to: STDERR_FILENO) }
  }

  private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(
        descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { stop(errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Ends the program when there is nobody left to write for.
  private static func stop(_ error: Int32) -> Never {
    if error == EPIPE {
      // The HTTP client ignores SIGPIPE for its sockets; die of it as any filter would.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    exit(ExitCode.failure.rawValue)
  }
}
