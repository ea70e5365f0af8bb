internal import Glibc

/// Why something under `/proc` (or a file like it) could not be read. Paths are relative to the
/// root of the `ProcFS`, or absolute.
public enum ProcError: Error, Hashable, Sendable {
  /// A system call failed with that errno (errno(3)).
  case system(Operation, path: String, errno: Int32)
  /// The file was read but is not as documented.
  case malformed(path: String)

  public enum Operation: String, Sendable {
    case open, read, list, stat, readlink
  }

  /// Whether what was asked for does not exist (any more). A process that ended answers with
  /// ESRCH where its directory was opened before.
  public var isVanished: Bool {
    switch self {
    case .system(_, _, let errno): errno == ENOENT || errno == ESRCH
    case .malformed: false
    }
  }

  /// Whether the kernel refused: another user's process, `hidepid`, or a security module.
  public var isDenied: Bool {
    switch self {
    case .system(_, _, let errno): errno == EACCES || errno == EPERM
    case .malformed: false
    }
  }
}

extension ProcError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let operation, let path, let errno):
      "\(operation) \(path): \(ConnectionError(number: errno)?.name ?? "errno \(errno)")"
    case .malformed(let path): "\(path) is not as documented"
    }
  }
}

extension SkipCounts {
  /// Counts what was skipped because of `error`.
  package mutating func count(_ error: ProcError) {
    if error.isDenied {
      denied += 1
    } else if case .malformed = error {
      malformed += 1
    } else {
      vanished += 1
    }
  }
}
