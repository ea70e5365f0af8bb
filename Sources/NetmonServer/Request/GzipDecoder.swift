import CZlib
import HTTPTypes

/// Inflates gzip (RFC 1952) piece by piece, and stops as soon as the result is too large.
///
/// `NIOHTTPRequestDecompressor` in Hummingbird's pipeline crashes the server, so this is done
/// where the body is read.
package struct GzipDecoder: ~Copyable {
  /// zlib keeps a pointer back to the stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let limit: Int
  private let maximumRatio: Int
  /// Bytes of input that were given.
  private var received = 0
  private var isWithinMember = false
  package private(set) var output: [UInt8] = []

  /// How many times its size a body may inflate to, beyond ``unsuspicious`` bytes. Records that hardly
  /// differ shrink to a fortieth, what is made to hurt to a thousandth.
  package static let maximumRatio = 200
  package static let unsuspicious = 256 << 10

  /// The limit is the largest size of the whole output, in bytes.
  package init(limit: Int, maximumRatio: Int = Self.maximumRatio) throws(Problem) {
    self.limit = limit
    self.maximumRatio = maximumRatio
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for "gzip and nothing else" (zlib.h, inflateInit2).
    let code = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      throw Problem(.serviceUnavailable, "There is not enough memory to inflate the body.")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  // Within an asynchronous function the temporary buffer would be part of its frame, for as long as the
  // body takes to come.
  @inline(never) package mutating func append(_ input: UnsafeRawBufferPointer) throws(Problem) {
    // zlib only reads through `next_in`; its type lacks the const.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.bindMemory(to: UInt8.self).baseAddress)
    stream.pointee.avail_in = UInt32(input.count)
    received += input.count
    while stream.pointee.avail_in > 0 {
      if !isWithinMember {
        // A file may be several members, one after the other (RFC 1952 §2.2).
        inflateReset(stream)
        isWithinMember = true
      }
      try inflateSome()
    }
  }

  /// The whole output, if the last member was complete.
  package mutating func finish() throws(Problem) -> [UInt8] {
    guard !isWithinMember else { throw Problem(.badRequest, "The gzip body ends too early.") }
    return output
  }

  /// Inflates until the input or the member ends.
  private mutating func inflateSome() throws(Problem) {
    let step = 64 << 10
    var code = Z_OK
    repeat {
      let written = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: step) { buffer in
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(step)
        code = inflate(stream, Z_NO_FLUSH)
        let written = step - Int(stream.pointee.avail_out)
        output.append(contentsOf: buffer[..<written])
        return written
      }
      guard output.count <= limit else { throw .bodyTooLarge(limit, "once inflated") }
      try checkRatio()
      switch code {
      case Z_OK where written == step: continue
      case Z_OK: return
      // No progress was possible: the input is used up.
      case Z_BUF_ERROR: return
      case Z_STREAM_END: isWithinMember = false
      default: throw Problem(.badRequest, "The body is not valid gzip.")
      }
    } while isWithinMember
  }
}

extension GzipDecoder {
  /// Ends what would take much time and memory long before the limit.
  private func checkRatio() throws(Problem) {
    let used = received - Int(stream.pointee.avail_in)
    guard output.count > Self.unsuspicious, output.count / maximumRatio > used else { return }
    throw Problem(
      .contentTooLarge, "The body inflates to more than \(maximumRatio) times its size.")
  }
}

extension Problem {
  static func bodyTooLarge(_ limit: Int, _ how: String) -> Problem {
    Problem(.contentTooLarge, "The body is larger than \(limit) bytes \(how).")
  }
}
