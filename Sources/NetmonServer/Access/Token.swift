public import NetmonCore

/// Who may do what: all that a server keeps of a token, which is not the token itself.
public struct Token: Hashable, Sendable {
  /// Names it where the token itself must not be shown: eight hexadecimal digits.
  public let id: String
  /// Whatever reminds people of its use; may be empty.
  public let name: String
  public let scope: Scope
  public let created: Timestamp
  /// From when on it is of no use; nil never comes.
  public let expires: Timestamp?
  /// When it was taken back.
  public internal(set) var revoked: Timestamp?
  let digest: SecretDigest

  /// What a token is good for.
  public struct Scope: Hashable, Sendable {
    /// Everything that is stored, of every host.
    public let reads: Bool
    /// The host whose records, gaps and reports it may send; nil sends none.
    public let ingestHost: String?

    /// Nil if it would be good for nothing.
    public init?(reads: Bool, ingestHost: String?) {
      guard reads || ingestHost != nil, ingestHost != "" else { return nil }
      self.reads = reads
      self.ingestHost = ingestHost
    }
  }

  /// Why a token that is known is of no use.
  enum Obstacle: Hashable, Sendable {
    case revoked, expired
  }

  /// What keeps it from being used; nil if nothing does.
  func obstacle(at now: Timestamp) -> Obstacle? {
    if revoked != nil { return .revoked }
    guard let expires, expires <= now else { return nil }
    return .expired
  }

  /// Whether it opens anything now.
  public func isUsable(at now: Timestamp) -> Bool { obstacle(at: now) == nil }
}

extension Token.Scope: CustomStringConvertible {
  /// As `--scope` takes it: `read`, `ingest` or `read,ingest`.
  public var description: String {
    [reads ? "read" : nil, ingestHost == nil ? nil : "ingest"].compactMap(\.self)
      .joined(separator: ",")
  }
}
