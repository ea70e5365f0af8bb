import Glibc

/// How many files this process may open (getrlimit(2), RLIMIT_NOFILE).
enum OpenFileLimit {
  /// With fewer the runtime cannot even wait for signals: it stops the program without a word.
  static let minimum: rlim_t = 64

  /// Raises the limit as far as this process may. The usual 1,024 are a default for programs that
  /// use select(2); each CPU takes three files, and a server one for each client.
  ///
  /// Returns the limit from here on.
  static func raise() -> rlim_t {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
    guard limit.rlim_cur < limit.rlim_max else { return limit.rlim_cur }
    var raised = limit
    raised.rlim_cur = limit.rlim_max
    let result = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised)
    return result == 0 ? raised.rlim_cur : limit.rlim_cur
  }
}
