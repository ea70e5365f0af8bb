internal import NetmonCore

/// Why a source of kernel events could not be used.
public enum KernelError: Error, Hashable, Sendable {
  /// A system call failed with that errno (errno(3)); `subject` is the path or object it was for.
  case system(Operation, subject: String, errno: Int32)
  /// What the kernel wrote is not as documented.
  case malformed(String)
  /// Events name processes by other numbers than are known here (pid_namespaces(7)).
  case foreignProcessNumbers

  public enum Operation: String, Sendable {
    case open, read, write, list, stat, mkdir, rmdir, mount, poll, mmap, socket, bind, send, receive
    case perf_event_open, unshare, listen, accept, getsockname, fork
  }

  /// The errno of a failed system call.
  public var errno: Int32? {
    switch self {
    case .system(_, _, let errno): errno
    case .malformed, .foreignProcessNumbers: nil
    }
  }
}

extension KernelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let operation, let subject, let errno):
      "\(operation) \(subject): \(ConnectionError(number: errno)?.name ?? "errno \(errno)")"
    case .malformed(let subject): "\(subject) is not as documented"
    case .foreignProcessNumbers:
      "events name processes by their numbers outside this PID namespace"
    }
  }
}
