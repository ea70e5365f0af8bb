import NetmonCore

/// Who has signed in on the page: what their browsers show instead of the token.
///
/// They are in memory only, so that nothing a browser keeps is of use after a restart, and each is
/// bound to its token: it ends with it, and by itself.
struct Sessions: Sendable {
  struct Session: Hashable, Sendable {
    let tokenID: String
    let expires: Timestamp
  }

  /// How long one lasts, in seconds.
  static let lifetime: Int64 = 12 * 3600
  /// How many there may be; of more the one that ends first goes.
  static let maximumCount = 1000

  private var sessions: [SecretDigest: Session] = [:]

  /// Begins one, and returns what tells it from all others, which is kept nowhere.
  mutating func begin(
    for token: Token, at now: Timestamp, using generator: inout some RandomNumberGenerator
  ) -> (id: String, session: Session) {
    sessions = sessions.filter { $0.value.expires > now }
    if sessions.count >= Self.maximumCount {
      let first = sessions.min { $0.value.expires < $1.value.expires }
      if let first { sessions[first.key] = nil }
    }
    let id = TokenSecret.randomLetters(using: &generator)
    let end = now.advanced(byMicroseconds: Self.lifetime * 1_000_000)
    let session = Session(tokenID: token.id, expires: min(end, token.expires ?? end))
    sessions[SecretDigest(of: id)] = session
    return (id, session)
  }

  /// The session that has not ended yet. It is found by a hash of its id, so that the time taken tells
  /// nothing.
  func session(_ digest: SecretDigest, at now: Timestamp) -> Session? {
    sessions[digest].flatMap { $0.expires > now ? $0 : nil }
  }

  mutating func end(_ digest: SecretDigest) {
    sessions[digest] = nil
  }

  var count: Int { sessions.count }
}
