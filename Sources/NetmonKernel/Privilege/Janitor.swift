internal import CLinux
internal import Glibc
internal import Synchronization

/// A process that keeps the keys that this one gives up, for two things: it opens sock_diag in other
/// network namespaces, and removes a trace instance when this one is done with it or has ended, even
/// by `kill -9`. It is told nothing else, and reads nothing from outside.
package final class Janitor: Sendable {
  private let channel: Descriptor
  private let process: pid_t
  /// One request at a time, until the last.
  private let isOver = Mutex(false)

  /// What it is to remove: a path below a directory.
  struct Removal {
    var directory: Descriptor
    var path: String
  }

  /// Starts it, while there is but one thread. It keeps these capabilities, and stays who this
  /// process is.
  init(keeping kept: CapabilitySet, removing removal: Removal?) throws(KernelError) {
    var process: pid_t = -1
    let number = linux_start_janitor(
      removal?.directory.number ?? -1, removal?.path, kept.rawValue, &process)
    channel = try Descriptor(number, .fork, "a janitor")
    self.process = process
  }

  deinit { finish() }

  /// Has removed what is to be, and waits for the janitor's end.
  func finish() {
    isOver.withLock { isOver in
      guard !isOver else { return }
      isOver = true
      linux_ask_for_removal(channel.number)
      linux_reap(process)
    }
  }

  /// Opens a blocking socket for sock_diag in a network namespace, of which that is an open
  /// `/proc/PID/ns/net`. -1 with errno: EPERM if it has no CAP_SYS_ADMIN.
  func openDiagSocket(in network: Descriptor) -> Int32 {
    isOver.withLock { isOver in
      guard !isOver else {
        errno = EPIPE
        return -1
      }
      return linux_ask_for_diag_socket(channel.number, network.number)
    }
  }
}
