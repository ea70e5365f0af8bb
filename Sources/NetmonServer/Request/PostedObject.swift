import NetmonCore

/// An object of a posted document while it is read: what it holds, and what is wrong with it.
struct PostedObject {
  private let members: [String: JSONValue]
  private let pointer: String
  private(set) var mistakes: [Problem.Mistake] = []

  /// What stands at a JSON pointer.
  init(_ value: JSONValue, at pointer: String) {
    self.pointer = pointer
    guard case .object(let members) = value else {
      self.members = [:]
      mistakes = [Problem.Mistake(place: .body(pointer: pointer), detail: "is not an object")]
      return
    }
    self.members = members
  }

  /// A text of at most `RecordReader.maximumTextLength` bytes; nil if it is absent or null.
  mutating func text(_ name: String) -> String? {
    switch members[name] {
    case .string(let text) where text.utf8.count <= RecordReader.maximumTextLength:
      return text
    case .string:
      note(name, "is longer than \(RecordReader.maximumTextLength) bytes")
    case .null?, nil: break
    default: note(name, "is not a string")
    }
    return nil
  }

  /// A text that must be there.
  mutating func requiredText(_ name: String) -> String {
    require(name, "a string") { $0.text(name) } ?? ""
  }

  /// A moment that must be there, within ``Timestamp/valid``.
  mutating func time(_ name: String) -> Timestamp {
    let time = require(name, "a time") { object in
      object.parsed(name, "an RFC 3339 time from 2015 to 2049, like 2026-11-22T10:00:00.000000Z") {
        // A date alone is a moment to ask about, not one to tell.
        $0.utf8.count > 10 ? Timestamp($0) : nil
      }
    }
    guard let time else { return Timestamp.valid.lowerBound }
    guard Timestamp.valid.contains(time) else {
      note(name, "is not within 2015 to 2049")
      return Timestamp.valid.lowerBound
    }
    return time
  }

  /// A text that `parse` understands; `form` says in a mistake what it should look like.
  mutating func parsed<Value>(
    _ name: String, _ form: String, _ parse: (String) -> Value?
  ) -> Value? {
    guard let text = text(name) else { return nil }
    if let value = parse(text) { return value }
    note(name, "\(quoted(text)) is not \(form)")
    return nil
  }

  /// A whole number; nil if it is absent or null.
  mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
    switch members[name] {
    case .integer(let number) where range.contains(number): return number
    case .null?, nil: break
    case .integer, .number:
      note(name, "is not a whole number from \(range.lowerBound) to \(range.upperBound)")
    default: note(name, "is not a number")
    }
    return nil
  }

  /// A number that is not negative; nil if it is absent or null.
  mutating func amount(_ name: String) -> Double? {
    switch members[name] {
    case .integer(let number) where number >= 0: return Double(number)
    case .number(let number) where number >= 0 && number.isFinite: return number
    case .null?, nil: break
    default: note(name, "is not a number ≥ 0")
    }
    return nil
  }

  /// Says that a member is wrong, unless that was said.
  mutating func note(_ name: String, _ detail: String) {
    let place = Problem.Mistake.Place.body(pointer: "\(pointer)/\(name)")
    guard !mistakes.contains(where: { $0.place == place }) else { return }
    mistakes.append(Problem.Mistake(place: place, detail: detail))
  }

  private mutating func require<Value>(
    _ name: String, _ what: String, _ read: (inout PostedObject) -> Value?
  ) -> Value? {
    let count = mistakes.count
    if let value = read(&self) { return value }
    if mistakes.count == count, !isNoObject {
      note(name, members[name] == nil ? "is required" : "must be \(what)")
    }
    return nil
  }

  /// Whether it was no object: then nothing about its members need be said.
  private var isNoObject: Bool { mistakes.first?.detail == "is not an object" && members.isEmpty }
}
