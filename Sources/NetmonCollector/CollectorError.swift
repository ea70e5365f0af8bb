public import NetmonCore
public import NetmonStore

/// Why collecting cannot begin or go on.
public enum CollectorError: Error {
  case store(StoreError)
  case source(ProcError)
  /// The tier that was asked for does not work here.
  case tier(Tier, reason: String)
  /// The kernel's events cannot be read any more.
  case events(String)
  /// The wall clock is outside the years that records may have; nothing is recorded with it.
  case clock(Timestamp)
  /// Another process collects into the same database; both would record every connection.
  case alreadyCollecting(path: String)
  /// The lock file beside the database cannot be used; the errno is open(2)'s or flock(2)'s.
  case cannotLock(path: String, errno: Int32)
}

extension CollectorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .store(let error): "\(error)"
    case .source(let error): "\(error)"
    case .tier(let tier, let reason):
      "the \(tier.rawValue) tier does not work here: \(reason); --source auto takes what works"
    case .events(let reason): "cannot read the kernel's events: \(reason)"
    case .clock(let time): "the clock says \(time): set it to the present"
    case .alreadyCollecting(let path):
      "another netmon is collecting into \(path): stop it, or name another file with --db"
    case .cannotLock(let path, let errno):
      "cannot lock \(path): \(ConnectionError(number: errno)?.name ?? "errno \(errno)")"
    }
  }
}
