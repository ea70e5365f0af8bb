/// The ways to look at the sockets of this host, best first.
public enum Tier: String, CaseIterable, Sendable {
  /// The kernel tells every attempt with its errno and process, also the shortest.
  case kernel
  /// sock_diag is asked at an interval.
  case diag
  /// The text tables of `/proc` are read at an interval; works everywhere.
  case proc

  /// What it sees, or what it misses, in a few words.
  public var meaning: String {
    switch self {
    case .kernel: "every TCP attempt is told with its error and process"
    case .diag, .proc: "sockets are polled, so connections shorter than the interval can be missed"
    }
  }
}
