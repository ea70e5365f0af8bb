import Glibc
import Synchronization

/// Ends what runs in good order when nobody takes its output any more.
final class OutputFailure: Sendable {
  private let errno = Mutex<Int32?>(nil)

  /// Takes in the errno of write(2); the first one has everything stop, as SIGTERM does.
  func note(_ error: Int32) {
    let isFirst = errno.withLock { known in
      defer { known = known ?? error }
      return known == nil
    }
    if isFirst { kill(getpid(), SIGTERM) }
  }

  /// Ends the program if there was a failure.
  func conclude(on console: Console) {
    if let error = errno.withLock({ $0 }) { console.fail(error) }
  }
}
