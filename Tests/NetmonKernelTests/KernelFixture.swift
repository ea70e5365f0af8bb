import Glibc
import NetmonCore

@testable import NetmonKernel

/// Files of the kernel, recorded or reconstructed: `Fixtures/VERSION/NAME`. Where each comes from is
/// said in `Fixtures/README.md`.
enum KernelFixture {
  struct Missing: Error {
    let path: String
  }

  static func text(_ name: String) throws -> String {
    let here = String(#filePath)
    let path = here.prefix(upTo: here.lastIndex(of: "/") ?? here.startIndex) + "/Fixtures/" + name
    let file = open(String(path), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Missing(path: name) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }

  /// The bytes of a `.hex` file.
  static func bytes(_ name: String) throws -> [UInt8] {
    let digits = try text(name).utf8.compactMap(hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  static func format(_ version: String, _ tracepoint: Tracepoint) throws -> TracepointFormat {
    try TracepointFormat(text("\(version)/\(tracepoint.name).format"))
  }

  /// A decoder of all tracepoints that the version has.
  static func decoder(_ version: String) throws -> EventDecoder {
    var decoder = EventDecoder()
    for tracepoint in Tracepoint.allCases {
      guard let format = try? format(version, tracepoint) else { continue }
      try? decoder.add(tracepoint, format)
    }
    return decoder
  }
}

/// Builds kernel bytes field by field.
struct ByteBuilder {
  private(set) var bytes: [UInt8] = []

  mutating func append<Value: BitwiseCopyable>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes += $0 }
  }

  mutating func append(_ text: String, padded length: Int) {
    bytes += Array(text.utf8.prefix(length))
    bytes += [UInt8](repeating: 0, count: max(0, length - text.utf8.count))
  }

  /// Writes a value at an offset, with zeros before it where there was nothing.
  mutating func set<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
    let end = offset + MemoryLayout<Value>.size
    if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Value.self) }
  }
}
