import Arguments
import NetmonCore

/// The fields of a record to print, in that order: `timestamp,process_name,error`.
struct FieldList: ArgumentValue {
  /// Not empty, each at most once.
  let fields: [RecordField]

  /// Reads names of fields, also those that the filter language has for them (`pid`, `remote`).
  init(argument text: String) throws(InvalidValue) {
    var fields: [RecordField] = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let field = Self.field(named: String(name)) else {
        let names = RecordField.allCases.map(\.rawValue)
        let hint = NetmonCore.closestMatch(to: String(name), among: names)
        throw .because(
          "'\(terminalSafe(String(name.prefix(60))))' is not a field"
            + (hint.map { "; did you mean '\($0)'?" } ?? ""))
      }
      if !fields.contains(field) { fields.append(field) }
    }
    self.fields = fields
  }

  /// The field of that name, or of that name in the filter language.
  static func field(named name: String) -> RecordField? {
    if let field = RecordField(rawValue: name.lowercased()) { return field }
    let names = Filter.key(named: name).map { [$0.name] + $0.aliases } ?? []
    return names.compactMap(RecordField.init(rawValue:)).first
  }

  var argument: String { fields.map(\.rawValue).joined(separator: ",") }

  static var placeholder: String { "FIELDS" }
  static var expectation: String { "a list of fields" }
  static var completion: Completion { .list(RecordField.allCases.map(\.rawValue)) }
}
