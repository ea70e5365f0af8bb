/// One thing that was looked at: whether it works here, what it is good for, and if not, why and what
/// helps.
public struct Check: Hashable, Sendable {
  public enum State: String, CaseIterable, Sendable {
    /// It works.
    case ok
    /// Something is worse than it could be, or was.
    case limited
    /// It does not work.
    case missing
  }

  /// What it is, without blanks: a name that scripts can rely on.
  public var name: String
  public var state: State
  /// What does not work, or not as well, without it.
  public var provides: String
  /// What was found: of something that does not work, why.
  public var finding: String?
  /// What to do about it, as part of a sentence; nil when there is nothing to do.
  public var remedy: String?

  init(
    _ name: String, _ state: State = .ok, provides: String, finding: String? = nil,
    remedy: String? = nil
  ) {
    self.name = name
    self.state = state
    self.provides = provides
    self.finding = finding
    self.remedy = remedy
  }
}
