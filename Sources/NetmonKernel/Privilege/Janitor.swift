internal import CLinux
internal import Glibc

/// A process that removes a trace instance when this one is done with it or has ended, even by
/// `kill -9`: this one gives up the privilege for that.
final class Janitor: Sendable {
  private let channel: Descriptor
  private let process: pid_t

  /// Starts it, while there is but one thread. `path` is below the descriptor `directory`.
  init(removing path: String, in directory: Descriptor) throws(KernelError) {
    var process: pid_t = -1
    channel = try Descriptor(
      linux_start_janitor(directory.number, path, &process), .fork, "the remover of \(path)")
    self.process = process
    var timeout = timeval(tv_sec: 6, tv_usec: 0)
    setsockopt(
      channel.number, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  }

  /// Has it removed now, and waits for that.
  func remove() {
    var order: UInt8 = 1
    guard send(channel.number, &order, 1, Int32(MSG_NOSIGNAL)) == 1 else { return }
    var result: Int32 = 0
    guard recv(channel.number, &result, MemoryLayout<Int32>.size, 0) > 0 else { return }
    linux_reap(process)
  }
}
