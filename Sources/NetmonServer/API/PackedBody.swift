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

  /// What even a slow client takes within the response timeout.
  private static let pieceSize = 64 << 10

  private var pieces: [Piece] = []
  /// Bytes once unpacked.
  private(set) var size = 0
  /// Bytes in memory.
  private(set) var packedSize = 0

  /// A JSON array, written element by element.
  init<Element>(_ elements: [Element], _ write: (inout JSONWriter, Element) -> Void) {
    var json = JSONWriter(capacity: Self.pieceSize * 2)
    json.open("[")
    for element in elements {
      if json.bytes.count >= Self.pieceSize {
        append(json.bytes)
        json.removeAll()
        json.raw(",")
      }
      write(&json, element)
    }
    json.close("]")
    append(json.bytes)
  }

  private mutating func append(_ bytes: [UInt8]) {
    // A copy, as the array has room for what cannot be packed.
    let packed = Gzip.compress(bytes).map { $0.withUnsafeBytes { [UInt8]($0) } }
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
    var decoder = try GzipDecoder(limit: piece.size)
    try piece.bytes.withUnsafeBytes { try decoder.append($0) }
    return ByteBuffer(bytes: try decoder.finish())
  }
}
