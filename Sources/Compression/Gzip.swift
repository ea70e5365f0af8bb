internal import CZlib

/// Compresses the body of a request or response (RFC 1952).
package enum Gzip {
  /// The body in gzip form, or nil if zlib refuses.
  ///
  /// `level` is from 1, the fastest, to 9, the smallest. Usually the link is not the narrow place, the
  /// collecting host's processor may be.
  package static func compress(_ bytes: [UInt8], level: Int32 = 1) -> [UInt8]? {
    var stream = z_stream()
    // 16 above the window size asks zlib for the gzip wrapper.
    guard
      deflateInit2_(
        &stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    var input = bytes
    let bound = Int(deflateBound(&stream, UInt(bytes.count)))
    return input.withUnsafeMutableBufferPointer { input in
      var isComplete = false
      let output = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        isComplete = deflate(&stream, Z_FINISH) == Z_STREAM_END
        count = Int(stream.total_out)
      }
      return isComplete ? output : nil
    }
  }
}
