public import NetmonCore

/// What those are told who follow the changes of a server.
public enum FollowedEvent: Sendable {
  /// All that changes from now on follows. Comes once, before all others.
  case began
  /// A record that was opened, has changed, or has ended.
  case connection(Connection)
  /// Changes may be missing before what follows.
  case reset
  /// The connection is gone, for the reason told; it is tried again until there is one.
  case away(RESTError)
  /// It is there again, and nothing is missing unless a reset says so.
  case back
}
