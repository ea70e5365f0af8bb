import HTTPTypes
import Hummingbird

/// Says whether a client's copy is still good (RFC 9110 §8.8.3).
struct EntityTag: Hashable, Sendable {
  /// With quotes, and `W/` before them when weak.
  let text: String

  /// The tag of an answer that depends on nothing but the store's version and what was asked.
  ///
  /// `asked` are the bytes of the request's target, and `question` is what they mean: resolved, as a
  /// filter with `since:1h` asks something else at any time.
  /// Hash values differ between runs of the process, so no tag survives a restart.
  init(version: Int64, asked: [UInt8], question: some Hashable) {
    var hasher = Hasher()
    hasher.combine(asked)
    hasher.combine(question)
    let hash = UInt(bitPattern: hasher.finalize())
    text = "W/\"\(String(version, radix: 36))-\(String(hash, radix: 36))\""
  }

  /// The tag of content that never changes while the process runs.
  init(content: UnsafeBufferPointer<UInt8>) {
    // FNV-1a: the tag has to differ between versions of the program, and not to be secret.
    let hash = content.reduce(14_695_981_039_346_656_037 as UInt64) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    text = "\"\(String(hash, radix: 36))\""
  }

  /// Whether the client names this tag as the one it has (`If-None-Match`, compared weakly).
  func matches(_ request: Request) -> Bool {
    guard let known = request.headers[.ifNoneMatch] else { return false }
    return known.split(separator: ",").contains { entry in
      let entry = entry.drop { $0 == " " }.prefix { $0 != " " }
      return entry == "*" || opaque(entry) == opaque(text[...])
    }
  }

  private func opaque(_ tag: Substring) -> Substring {
    tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
  }
}

extension Response {
  /// The answer to a client whose copy is still good.
  static func notModified(_ tag: EntityTag) -> Response {
    var response = Response(status: .notModified, headers: [.eTag: tag.text])
    // A length here would be that of the full answer (RFC 9110 §8.6).
    response.headers[.contentLength] = nil
    return response
  }
}
