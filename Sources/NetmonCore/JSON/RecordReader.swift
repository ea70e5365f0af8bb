/// Reads records as clients post them: one object, an array of objects, or one object a line.
///
/// It is all or nothing: either every record is good, or every mistake found is returned with a
/// JSON pointer (RFC 6901) to it.
public enum RecordReader {
  public enum Form: Sendable {
    /// `application/json`: an object or an array.
    case json
    /// `application/x-ndjson`: an object a line; empty lines are ignored.
    case lines
  }

  public struct Result: Sendable {
    public var connections: [Connection] = []
    /// Whether the document was a single object and not a list.
    public var isSingle = false
  }

  /// One thing that is wrong with a document.
  public struct Mistake: Hashable, Sendable {
    /// JSON pointer to the culprit, such as `/3/error`; lines count from 0 as array elements do.
    public let pointer: String
    public let detail: String
  }

  /// Everything found wrong, at most ``maximumMistakes``.
  public struct Rejection: Error, Sendable {
    public let mistakes: [Mistake]
  }

  public static let maximumMistakes = 20
  /// The longest text a field may hold, in bytes of UTF-8. Paths end at 4,096 (`PATH_MAX`).
  public static let maximumTextLength = 8192

  public static func read(_ bytes: [UInt8], as form: Form) throws(Rejection) -> Result {
    try read(bytes, as: form, exactly: false)
  }

  /// Reads the same; `exactly` leaves every record to the reader that takes any JSON, for tests.
  package static func read(
    _ bytes: [UInt8], as form: Form, exactly: Bool
  ) throws(Rejection) -> Result {
    var pass = Pass()
    let result = bytes.withUnsafeBufferPointer { buffer in
      var json = JSONReader(buffer)
      if !exactly, !buffer.isEmpty { pass.scanner = RecordScanner(buffer) }
      return pass.document(&json, form)
    }
    guard pass.mistakes.isEmpty else { throw Rejection(mistakes: pass.mistakes) }
    return result
  }

  /// One reading of one document.
  private struct Pass {
    var mistakes: [Mistake] = []
    /// Reads records as netmon writes them.
    var scanner: RecordScanner?

    mutating func document(_ json: inout JSONReader, _ form: Form) -> Result {
      var result = Result()
      do throws(JSONError) {
        switch (form, json.peek()) {
        case (.json, .array):
          try json.expect("[", "an array")
          if !json.take("]") {
            repeat {
              try element(&json, into: &result)
            } while json.take(",") && mistakes.count < RecordReader.maximumMistakes
            if mistakes.isEmpty { try json.expect("]", "',' or ']'") }
          }
        case (.json, .object):
          result.isSingle = true
          try element(&json, into: &result)
        case (.json, _):
          throw JSONError(offset: json.offset, "expected a record or an array of records")
        case (.lines, _):
          while !json.isAtEnd, mistakes.count < RecordReader.maximumMistakes {
            try element(&json, into: &result)
          }
        }
        if mistakes.isEmpty, !json.isAtEnd {
          throw JSONError(offset: json.offset, "unexpected text after the end")
        }
      } catch {
        note("", "not JSON at byte \(error.offset): \(error.reason)")
      }
      return result
    }

    private mutating func element(
      _ json: inout JSONReader, into result: inout Result
    ) throws(JSONError) {
      let kind = json.peek()
      if kind == .object, let (connection, end) = scanner?.record(at: json.offset) {
        json.move(to: end)
        return result.connections.append(connection)
      }
      let pointer = result.isSingle ? "" : "/\(result.connections.count)"
      guard kind == .object else {
        guard kind != nil else {
          throw JSONError(offset: json.offset, "expected a record")
        }
        try json.skipValue()
        note(pointer, "is not an object")
        return result.connections.append(RecordFields().placeholder)
      }
      var fields = RecordFields()
      try fields.read(&json)
      for mistake in fields.mistakes { note(pointer + "/" + mistake.field, mistake.detail) }
      result.connections.append(fields.connection ?? fields.placeholder)
    }

    private mutating func note(_ pointer: String, _ detail: String) {
      guard mistakes.count < RecordReader.maximumMistakes else { return }
      mistakes.append(Mistake(pointer: pointer, detail: detail))
    }
  }
}
