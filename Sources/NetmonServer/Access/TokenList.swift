public import NetmonCore

/// The tokens of a server, as its file has them.
public struct TokenList: Hashable, Sendable {
  /// In the order in which they were made.
  public private(set) var tokens: [Token] = []

  public init() {}

  /// A line that is no token; lines count from 1.
  struct Damage: Error, Hashable {
    let line: Int
    let reason: String
  }

  /// Reads what a file holds: a token a line. Empty lines do no harm.
  init(_ bytes: [UInt8]) throws(Damage) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.allSatisfy(Self.isBlank) {
      let token: Token
      do throws(Token.LineError) {
        token = try Token(line: Array(line))
      } catch {
        throw Damage(line: index + 1, reason: error.reason)
      }
      guard self.token(id: token.id) == nil else {
        throw Damage(line: index + 1, reason: "the id \(token.id) is there twice")
      }
      tokens.append(token)
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0D].contains(byte) }

  /// What the file holds.
  var bytes: [UInt8] {
    var json = JSONWriter(capacity: tokens.count * 300)
    for token in tokens { token.write(to: &json) }
    return json.bytes
  }

  public func token(id: String) -> Token? { tokens.first { $0.id == id } }

  /// The token that a secret belongs to, whether it is of use or not. Every one is looked at, so that
  /// the time taken tells nothing.
  func token(of digest: SecretDigest) -> Token? {
    tokens.reduce(nil) { found, token in token.digest.matches(digest) ? token : found }
  }

  /// Adds a token and returns it with its secret, which is kept nowhere.
  public mutating func add(
    name: String, scope: Token.Scope, created: Timestamp, expires: Timestamp?,
    using generator: inout some RandomNumberGenerator
  ) -> (token: Token, secret: TokenSecret) {
    let secret = TokenSecret(using: &generator)
    var id: String
    repeat {
      let number = UInt32.random(in: .min ... .max, using: &generator)
      let digits = String(number, radix: 16)
      id = String(repeating: "0", count: 8 - digits.count) + digits
    } while self.token(id: id) != nil
    let token = Token(
      id: id, name: name, scope: scope, created: created, expires: expires,
      digest: SecretDigest(of: secret))
    tokens.append(token)
    return (token, secret)
  }

  /// Takes a token back, for good. The line stays: it tells that there was one, and as long as there
  /// is any, tokens are asked for.
  ///
  /// - Returns: the token as it was, or nil if there is none of that id.
  public mutating func revoke(id: String, at now: Timestamp) -> Token? {
    guard let index = tokens.firstIndex(where: { $0.id == id }) else { return nil }
    defer { tokens[index].revoked = tokens[index].revoked ?? now }
    return tokens[index]
  }

  /// Whether anybody could get in.
  public func isUsable(at now: Timestamp) -> Bool { tokens.contains { $0.isUsable(at: now) } }
}
