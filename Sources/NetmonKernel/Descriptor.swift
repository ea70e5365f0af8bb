internal import Glibc

/// An open file descriptor that closes itself.
package final class Descriptor: Sendable {
  package let number: Int32

  /// Takes over a descriptor that a system call has just returned, or its errno if it failed.
  package init(
    _ number: Int32, _ operation: KernelError.Operation, _ subject: @autoclosure () -> String
  ) throws(KernelError) {
    let error = errno
    self.number = number
    guard number >= 0 else { throw .system(operation, subject: subject(), errno: error) }
  }

  deinit { if number >= 0 { close(number) } }

  /// Reads at the file's position; 0 at its end, nil when there is nothing yet (EAGAIN).
  func read(into buffer: inout [UInt8], _ subject: @autoclosure () -> String)
    throws(KernelError) -> Int?
  {
    try take(.read, subject()) {
      buffer.withUnsafeMutableBytes { Glibc.read(number, $0.baseAddress, $0.count) }
    }
  }

  /// Repeats a call that a signal interrupted; nil when it would block.
  func take(
    _ operation: KernelError.Operation, _ subject: @autoclosure () -> String, _ body: () -> Int
  ) throws(KernelError) -> Int? {
    while true {
      let count = body()
      if count >= 0 { return count }
      let error = errno
      if error == EAGAIN { return nil }
      guard error == EINTR else { throw .system(operation, subject: subject(), errno: error) }
    }
  }
}

extension Descriptor {
  enum Wait {
    case readable, timedOut
    /// The other end of one is gone for good.
    case hungUp
  }

  /// Waits until one of these can be read, at most so many milliseconds (poll(2)).
  static func wait(
    for descriptors: [Descriptor], milliseconds: Int32
  ) throws(KernelError) -> Wait {
    var entries = descriptors.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
    let count = poll(&entries, nfds_t(entries.count), milliseconds)
    guard count >= 0 || errno == EINTR else {
      throw .system(.poll, subject: "rings", errno: errno)
    }
    if entries.contains(where: { $0.revents & Int16(POLLHUP | POLLERR) != 0 }) { return .hungUp }
    return count > 0 ? .readable : .timedOut
  }
}
