/// Compresses the bodies of requests and responses (RFC 1952).
package enum Gzip {
  /// The body in gzip form, or nil if zlib refuses.
  ///
  /// `level` is from 1, the fastest, to 9, the smallest. Usually the link is not the narrow place, the
  /// collecting host's processor may be.
  package static func compress(_ bytes: [UInt8], level: Int32 = 1) -> [UInt8]? {
    var encoder = GzipEncoder(level: level)
    return encoder.compress(bytes)
  }
}
