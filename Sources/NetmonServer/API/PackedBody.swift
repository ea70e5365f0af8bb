import Compression
import NIOCore
import NetmonCore

/// The body of a large response, packed until its client takes it.
///
/// A list of 10,000 records is some seven megabytes, and about an eighth of that packed. A client on a
/// slow line has it in memory for a minute, and one that takes nothing too.
struct PackedBody: Sendable {
  private struct Piece: Sendable {
    let bytes: [UInt8]
    let isPacked: Bool
    /// Bytes once unpacked.
    let size: Int
  }

  /// What even a slow client takes within the response timeout. With the end of its last element a piece
  /// usually fits into 32 KiB, whereas a buffer for a little more would be twice as large: several pieces
  /// are on their way at a time.
  private static let pieceSize = 28 << 10

  private var pieces: [Piece] = []
  /// Bytes once unpacked.
  private(set) var size = 0
  /// Bytes in memory.
  private(set) var packedSize = 0

  /// A JSON array, whose elements are appended by `fill`; none of them is needed after the next.
  init(_ fill: (inout Elements) throws -> Void) rethrows {
    var elements = Elements()
    try fill(&elements)
    self = elements.end()
  }

  /// The elements of an array so far.
  struct Elements: ~Copyable {
    private var body = PackedBody()
    private var json = JSONWriter(capacity: PackedBody.pieceSize * 2)
    private var encoder = GzipEncoder()

    fileprivate init() {
      json.open("[")
    }

    mutating func append(_ write: (inout JSONWriter) -> Void) {
      if json.bytes.count >= PackedBody.pieceSize {
        body.append(json.bytes, by: &encoder)
        json.removeAll()
        json.raw(",")
      }
      write(&json)
    }

    fileprivate consuming func end() -> PackedBody {
      json.close("]")
      body.append(json.bytes, by: &encoder)
      return body
    }
  }

  private init() {}

  private mutating func append(_ bytes: [UInt8], by encoder: inout GzipEncoder) {
    // A copy, as the array has room for what cannot be packed.
    let packed = encoder.compress(bytes).map { $0.withUnsafeBytes { [UInt8]($0) } }
    let piece = Piece(bytes: packed ?? bytes, isPacked: packed != nil, size: bytes.count)
    pieces.append(piece)
    size += piece.size
    packedSize += piece.bytes.count
  }

  /// How many pieces it is taken in.
  var count: Int { pieces.count }

  /// A piece as it is sent.
  func unpacked(_ index: Int) throws -> ByteBuffer {
    let piece = pieces[index]
    guard piece.isPacked else { return ByteBuffer(bytes: piece.bytes) }
    // Made here, it is no bomb, however much it shrank.
    var decoder = try GzipDecoder(limit: piece.size, maximumRatio: .max)
    try piece.bytes.withUnsafeBytes { try decoder.append($0) }
    return ByteBuffer(bytes: try decoder.finish())
  }
}
