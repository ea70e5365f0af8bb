import Crypto
import NetmonCore

/// What is kept of a secret: its SHA-256.
///
/// A slow hash is for passwords, which can be guessed. Nobody guesses 256 random bits.
struct SecretDigest: Hashable, Sendable {
  private let bytes: [UInt8]

  private static let count = 32

  init(of text: String) {
    bytes = Array(SHA256.hash(data: Array(text.utf8)))
  }

  /// Reads 64 hexadecimal digits.
  init?(hexadecimal text: String) {
    let digits = Array(text.utf8).compactMap(Self.value(of:))
    guard digits.count == Self.count * 2, text.utf8.count == digits.count else { return nil }
    bytes = (0..<Self.count).map { digits[$0 * 2] << 4 | digits[$0 * 2 + 1] }
  }

  var hexadecimal: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Whether the two are the same; takes as long wherever they differ.
  func matches(_ other: SecretDigest) -> Bool {
    zip(bytes, other.bytes).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension SecretDigest {
  init(of secret: TokenSecret) {
    self.init(of: secret.text)
  }
}
