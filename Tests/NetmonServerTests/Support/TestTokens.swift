import Foundation
import HTTPTypes
import NetmonCore

@testable import NetmonServer

/// A token file of its own with tokens of every kind; it is removed at the end of this object's life.
final class TestTokens: Sendable {
  let file: TokenFile
  let reader: Made
  /// For the host web-1.
  let sender: Made
  /// Reads, and sends for the host web-1.
  let both: Made
  let revoked: Made
  let expired: Made

  typealias Made = (token: Token, secret: TokenSecret)

  init() throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("netmon-tokens-\(UUID().uuidString)")
    file = TokenFile(path: directory.appendingPathComponent("netmon.tokens").path)
    let soon = testNow.advanced(byMicroseconds: 60_000_000)
    reader = try Self.make(in: file, reads: true)
    sender = try Self.make(in: file, reads: false, host: "web-1")
    both = try Self.make(in: file, reads: true, host: "web-1", expires: soon)
    revoked = try Self.make(in: file, reads: true, host: "web-1")
    expired = try Self.make(in: file, reads: true, host: "web-1", expires: testNow)
    try revoke(revoked)
  }

  @discardableResult
  static func make(
    in file: TokenFile, reads: Bool, host: String? = nil, expires: Timestamp? = nil
  ) throws -> Made {
    try file.edit(besides: nil) { list in
      var generator = SystemRandomNumberGenerator()
      return list.add(
        name: "a test", scope: .init(reads: reads, ingestHost: host)!,
        created: testNow.advanced(byMicroseconds: -3_600_000_000), expires: expires,
        using: &generator)
    }
  }

  deinit {
    try? FileManager.default.removeItem(
      at: URL(fileURLWithPath: file.path).deletingLastPathComponent())
  }

  func revoke(_ made: Made) throws {
    _ = try file.edit(besides: nil) { $0.revoke(id: made.token.id, at: testNow) }
  }
}

extension HTTPFields {
  /// What shows a token.
  static func bearer(_ made: TestTokens.Made) -> HTTPFields {
    [.authorization: "Bearer \(made.secret.text)"]
  }
}
