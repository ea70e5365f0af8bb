import NetmonCore

/// A JSON Schema (draft 2020-12), as far as OpenAPI 3.1 needs it to describe what netmon says.
struct Schema: Hashable, Sendable {
  indirect enum Value: Hashable, Sendable {
    case text(String), integer(Int64), flag(Bool), null
    case list([Value])
    case schema(Schema)
    case members([Member])
  }

  struct Member: Hashable, Sendable {
    let name: String
    let value: Value
  }

  private(set) var keywords: [Member]

  init(_ keywords: [Member] = []) {
    self.keywords = keywords
  }

  /// The same with a keyword added, or replaced.
  func with(_ name: String, _ value: Value) -> Schema {
    var copy = self
    copy.keywords.removeAll { $0.name == name }
    copy.keywords.append(Member(name: name, value: value))
    return copy
  }

  subscript(name: String) -> Value? { keywords.first { $0.name == name }?.value }

  func described(_ text: String) -> Schema { with("description", .text(text)) }
}

// MARK: - Kinds

extension Schema {
  private static func type(_ name: String) -> Schema { Schema().with("type", .text(name)) }

  static let string = type("string")
  static let number = type("number")
  static let boolean = type("boolean")
  static let anything = Schema()

  /// A text of which all must match a regular expression (ECMA-262).
  static func string(matching pattern: String) -> Schema {
    string.with("pattern", .text("^(?:\(pattern))$"))
  }

  static func string(of format: String) -> Schema { string.with("format", .text(format)) }

  static func integer(_ range: ClosedRange<Int64>) -> Schema {
    type("integer").with("minimum", .integer(range.lowerBound))
      .with("maximum", .integer(range.upperBound))
  }

  static func choice(_ texts: [String]) -> Schema {
    string.with("enum", .list(texts.map { .text($0) }))
  }

  static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    of _: Choice.Type
  ) -> Schema {
    choice(Choice.allCases.map(\.rawValue))
  }

  static func list(of element: Schema) -> Schema {
    type("array").with("items", .schema(element))
  }

  /// An object of which some members, by default all, must be there.
  static func object(_ members: [(String, Schema)], required: [String]? = nil) -> Schema {
    let required = required ?? members.map(\.0)
    let properties = members.map { Member(name: $0.0, value: .schema($0.1)) }
    let object = type("object").with("properties", .members(properties))
    return required.isEmpty
      ? object : object.with("required", .list(required.map { .text($0) }))
  }

  /// An object whose members have any name.
  static func map(to value: Schema) -> Schema {
    type("object").with("additionalProperties", .schema(value))
  }

  /// One that stands under `components`.
  static func reference(_ name: String) -> Schema {
    Schema().with("$ref", .text("#/components/schemas/\(name)"))
  }

  static func any(of schemas: [Schema]) -> Schema {
    Schema().with("anyOf", .list(schemas.map { .schema($0) }))
  }

  /// The same, or null.
  var orNull: Schema {
    guard case .text(let type) = self["type"] else {
      return .any(of: [self, Self.type("null")])
    }
    let nullable = with("type", .list([.text(type), .text("null")]))
    guard case .list(let values) = self["enum"] else { return nullable }
    return nullable.with("enum", .list(values + [.null]))
  }

  /// An object without members but the known ones.
  var closed: Schema { with("additionalProperties", .flag(false)) }
}

// MARK: - JSON

extension Schema {
  func write(to json: inout JSONWriter) {
    json.object { Self.write(keywords, to: &$0) }
  }

  private static func write(_ members: [Member], to json: inout JSONWriter) {
    for member in members {
      json.key(member.name)
      write(member.value, to: &json)
    }
  }

  private static func write(_ value: Value, to json: inout JSONWriter) {
    switch value {
    case .text(let text): json.value(text)
    case .integer(let number): json.value(number)
    case .flag(let flag): json.value(flag)
    case .null: json.null()
    case .list(let values): json.array(values) { write($1, to: &$0) }
    case .schema(let schema): schema.write(to: &json)
    case .members(let members): json.object { write(members, to: &$0) }
    }
  }
}
