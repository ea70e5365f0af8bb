internal import Glibc
internal import NetmonStore

/// Keeps a second collector from the same store, for as long as this process lives.
///
/// The lock is flock(2) on a file beside the database: the kernel releases it however the process
/// ends, so a crash leaves nothing to clean up.
final class CollectorLock: Sendable {
  private let descriptor: Int32

  /// - Throws: ``CollectorError/alreadyCollecting(path:)`` if another process holds the lock.
  init(of store: Store) throws(CollectorError) {
    // A link to the file is the file.
    let path = (Self.resolve(store.path) ?? store.path) + "-collector"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .cannotLock(path: path, errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(descriptor)
      if reason == EWOULDBLOCK { throw .alreadyCollecting(path: store.path) }
      throw .cannotLock(path: path, errno: reason)
    }
  }

  /// The path without symbolic links (realpath(3)).
  private static func resolve(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  deinit {
    close(descriptor)
  }
}
