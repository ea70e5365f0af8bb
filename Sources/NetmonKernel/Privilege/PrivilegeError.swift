internal import NetmonCore

/// Why privilege could not be given up, so that nothing was begun with it.
public enum PrivilegeError: Error, Hashable, Sendable {
  /// A system call failed with that errno (errno(3)).
  case system(Step, errno: Int32)
  case unknownUser(String)
  /// Another user was asked for by a process that may not become one.
  case cannotBecome(String)
  /// There are threads already, whose capabilities would stay.
  case hasThreads(Int)
  /// The kernel took a call and did something else.
  case notConfined
  /// Somebody else than root could have made this link on the way to a file that root would give away.
  case untrustedLink(path: String)
  /// A user may not write there.
  case cannotWrite(path: String, user: String)

  public enum Step: String, Sendable {
    case capget, capset, prctl, seccomp, setresuid, fork, open, mkdir, chown, list, readlink
  }
}

extension PrivilegeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let step, let errno):
      "cannot give up privilege: \(step): \(ConnectionError(number: errno)?.name ?? "errno \(errno)")"
    case .unknownUser(let name): "there is no user '\(name)': see --user"
    case .cannotBecome(let name): "only root can become the user '\(name)': leave --user out"
    case .hasThreads(let count): "cannot give up privilege: there are \(count) threads already"
    case .notConfined: "cannot give up privilege: the kernel did not do what it was told"
    case .untrustedLink(let path):
      "\(path) is a symbolic link that others can change: name the database without it"
    case .cannotWrite(let path, let user):
      "the user \(user) cannot write \(path): name a database in a directory of that user with --db, "
        + "or another user with --user"
    }
  }
}
