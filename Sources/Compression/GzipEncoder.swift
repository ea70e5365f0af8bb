internal import CZlib

/// Compresses one body after the other, each by itself, in the same 270 KB of memory.
package struct GzipEncoder: ~Copyable {
  /// zlib keeps a pointer back to the stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let isUsable: Bool

  /// `level` is from 1, the fastest, to 9, the smallest.
  package init(level: Int32 = 1) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 above the window size asks zlib for the gzip wrapper.
    let code = deflateInit2_(
      stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    isUsable = code == Z_OK
  }

  deinit {
    if isUsable { deflateEnd(stream) }
    stream.deallocate()
  }

  /// A body in gzip form, or nil if zlib refuses.
  package mutating func compress(_ bytes: [UInt8]) -> [UInt8]? {
    guard isUsable, deflateReset(stream) == Z_OK else { return nil }
    let bound = Int(deflateBound(stream, UInt(bytes.count)))
    return bytes.withUnsafeBufferPointer { input in
      var isComplete = false
      let output = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
        // zlib only reads through `next_in`; its type lacks the const.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        isComplete = deflate(stream, Z_FINISH) == Z_STREAM_END
        count = Int(stream.pointee.total_out)
      }
      return isComplete ? output : nil
    }
  }
}
