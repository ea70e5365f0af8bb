/// A token as its holder has it: `netmon_` and 43 random letters of base64url (RFC 4648 §5), which
/// are more than 256 bits.
///
/// It describes itself without them, so that it gets into no message and no log.
public struct TokenSecret: Sendable {
  /// All of it, for the place where it is shown and those where it is sent.
  public let text: String

  private static let prefix = "netmon_"
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private static let letterCount = 43

  /// Makes a new one. The system's generator is fit for it: getrandom(2).
  public init(using generator: inout some RandomNumberGenerator) {
    text = Self.prefix + Self.randomLetters(using: &generator)
  }

  /// Takes a text that has the form of one, nothing before or after it.
  public init?(_ text: String) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    let letters = text.utf8.dropFirst(Self.prefix.utf8.count)
    guard letters.count == Self.letterCount, letters.allSatisfy(Self.alphabet.contains) else {
      return nil
    }
    self.text = text
  }

  /// More than 256 random bits as letters that can stand in a header field and a URL.
  public static func randomLetters(using generator: inout some RandomNumberGenerator) -> String {
    let letters = (0..<letterCount).map { _ in
      alphabet[Int.random(in: alphabet.indices, using: &generator)]
    }
    return String(decoding: letters, as: UTF8.self)
  }
}

extension TokenSecret: CustomStringConvertible, CustomDebugStringConvertible {
  public var description: String { Self.prefix + "…" }
  public var debugDescription: String { description }
}
