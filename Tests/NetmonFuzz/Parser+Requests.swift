import Compression
import NetmonServer

extension Parser {
  /// What a request says beyond the framing of HTTP.
  static func requests(_ corpus: Corpus) throws(CorpusError) -> [Parser] {
    [target(), authority(), gzip(try corpus.exchanged("agent-connections-1.ndjson"))]
  }

  /// Request targets. What is accepted is written and read again.
  private static func target() -> Parser {
    let seeds = [
      "/", "/api/connections?q=error%3Aany+port%3A443&limit=5&cursor=12",
      "/a//%2e%2E/%F0%9F%98%80?",
      "/api/processes/17/?a=b&&=&c&%00=%0A", "*", "http://localhost/a", "/%", "/?%zz",
      "/\u{e9}?é=1",
    ].map { Array($0.utf8) }
    return Parser(name: "target", isKernel: false, seeds: seeds) { input throws(BrokenInvariant) in
      let text = String(decoding: input, as: UTF8.self)
      let encoded = PercentEncoding.encode(text)
      try require(
        PercentEncoding.decode(encoded[...]).map { Array($0.utf8) } == Array(text.utf8),
        "encoded it is another: \(encoded)")
      guard let target = try? Target(text) else { return }
      let written = String(decoding: target.bytes, as: UTF8.self)
      try require(
        written.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "not for a URL: \(written)")
      try require(
        (try? Target(written))?.bytes == target.bytes, "read again it differs: \(written)")
    }
  }

  /// `Host` fields and origins.
  private static func authority() -> Parser {
    let seeds = [
      "localhost", "LOCALHOST:8080", "[::1]:8080", "[::ffff:127.0.0.1]", "127.0.0.1:",
      "web_1.example:80",
      "a:65536", "a:+1", "[::1", "::1", "a]:1",
    ].map { Array($0.utf8) }
    return Parser(
      name: "authority", isKernel: false, seeds: seeds
    ) { input throws(BrokenInvariant) in
      guard let authority = Authority(String(decoding: input, as: UTF8.self)) else { return }
      let host = authority.host.contains(":") ? "[\(authority.host)]" : authority.host
      let written = "\(host):\(authority.port)"
      try require(Authority(written) == authority, "read again it differs: \(written)")
      try require(
        authority.host.utf8.allSatisfy { $0 < 0x80 && !(0x41...0x5A).contains($0) },
        "not in lower case: \(written)")
    }
  }

  /// Compressed bodies, in one piece and in several.
  private static func gzip(_ records: [UInt8]) -> Parser {
    let parts = [records, Array(records.prefix(64)), [UInt8](repeating: 0, count: 300_000), []]
    var seeds = parts.flatMap { part in [1, 9].compactMap { Gzip.compress(part, level: $0) } }
    seeds.append(seeds[0] + seeds[2])
    return Parser(name: "gzip", isKernel: false, seeds: seeds) { input throws(BrokenInvariant) in
      let whole = try inflated([input[...]])
      let cut = try inflated(Pieces.of(input))
      try require(whole == cut, "cut otherwise it is another")
    }
  }

  /// Larger than all but the bomb among the recorded bodies.
  private static var inflatedLimit: Int { 256 << 10 }

  /// What the pieces inflate to, nil if that is refused.
  private static func inflated(
    _ pieces: [ArraySlice<UInt8>]
  ) throws(BrokenInvariant) -> [UInt8]? {
    guard var decoder = try? GzipDecoder(limit: inflatedLimit) else {
      throw BrokenInvariant("zlib has no memory")
    }
    for piece in pieces {
      // Memory of just this size.
      let bytes = Array(piece)
      do {
        try bytes.withUnsafeBytes { try decoder.append($0) }
      } catch {
        // What is inflated at a time, and no more.
        let most = inflatedLimit + 64 << 10
        try require(decoder.output.count <= most, "\(decoder.output.count) bytes of a bomb")
        return nil
      }
    }
    return try? decoder.finish()
  }
}
