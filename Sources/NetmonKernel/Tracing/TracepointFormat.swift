/// How the records of one tracepoint lie in memory: its file `events/SYSTEM/NAME/format`
/// (`Documentation/trace/events.rst`, `f_show` in `kernel/trace/trace_events.c`).
///
/// Fields move between kernel versions, so offsets are always taken from here.
package struct TracepointFormat: Hashable, Sendable {
  package struct Field: Hashable, Sendable {
    package var name: String
    /// The C type without the name and without an array's length: `const void *`, `__u8`.
    package var type: String
    /// Bytes from the start of the record.
    package var offset: Int
    /// Size in bytes, of an array the whole.
    package var size: Int
    package var isSigned: Bool
    package var isArray: Bool

    /// Whether the record holds length and offset of the value instead of the value
    /// (`__data_loc`, `__rel_loc`).
    package var isDataLocation: Bool {
      type.hasPrefix("__data_loc") || type.hasPrefix("__rel_loc")
    }
  }

  package var name: String
  /// The number that records of this tracepoint carry as `common_type`; differs per boot.
  package var id: UInt16
  package var fields: [Field]

  package subscript(field name: String) -> Field? { fields.first { $0.name == name } }

  /// Throws `KernelError.malformed` without a name, a number or a single field.
  package init(_ text: String) throws(KernelError) {
    var name: Substring?
    var id: UInt16?
    for line in text.split(separator: "\n") {
      if line.hasPrefix("name:") { name = line.dropFirst(5).trimmed }
      if line.hasPrefix("ID:") { id = UInt16(line.dropFirst(3).trimmed) }
      // What follows is how to print a record, in C.
      if line.hasPrefix("print fmt:") { break }
    }
    let fields = try Self.fields(text, of: String(name ?? "tracepoint"))
    guard let name, let id else { throw .malformed("tracepoint format") }
    self.name = String(name)
    self.id = id
    self.fields = fields
  }

  /// The fields of a `format` file, or of `events/header_page`.
  ///
  /// Throws `KernelError.malformed` when there is none, or one is not as documented.
  static func fields(_ text: String, of name: String) throws(KernelError) -> [Field] {
    var fields: [Field] = []
    for line in text.split(separator: "\n") {
      let line = line.trimmed
      guard line.hasPrefix("field:") else { continue }
      guard let field = Field(line.dropFirst(6)) else { throw .malformed("format of \(name)") }
      fields.append(field)
    }
    guard !fields.isEmpty else { throw .malformed("format of \(name)") }
    return fields
  }
}

extension TracepointFormat.Field {
  /// Largest offset and size that are believed: a record never exceeds a sub-buffer of 64 KiB.
  private static let limit = 1 << 16

  /// `__u8 saddr[4];	offset:32;	size:4;	signed:0;`
  fileprivate init?(_ line: Substring) {
    let parts = line.split(separator: ";").map(\.trimmed)
    guard let declaration = parts.first,
      let space = declaration.lastIndex(where: { $0 == " " || $0 == "*" })
    else { return nil }
    var numbers: [Substring: Int] = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: ":")
      if pair.count == 2 { numbers[pair[0]] = Int(pair[1].trimmed) }
    }
    guard let offset = numbers["offset"], let size = numbers["size"],
      (0..<Self.limit).contains(offset), (0..<Self.limit).contains(size)
    else { return nil }
    let name = declaration[declaration.index(after: space)...]
    let bracket = name.firstIndex(of: "[")
    self.name = String(name[..<(bracket ?? name.endIndex)])
    type = String(declaration[...space].trimmed)
    self.offset = offset
    self.size = size
    isSigned = numbers["signed"] == 1
    isArray = bracket != nil
  }
}

extension Substring {
  /// Without white space at both ends.
  fileprivate var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return self[first...last]
  }
}
