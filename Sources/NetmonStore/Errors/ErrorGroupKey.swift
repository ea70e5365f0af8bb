import GRDB
import NetmonCore

/// The integers behind the keys of a group, one for each of some columns; NULL is the least.
struct ErrorGroupKey: Hashable {
  private var values = SIMD16<Int64>(repeating: Self.null)

  static let null = Int64.min

  init() {}

  init(_ values: some Collection<Int64>) {
    for (index, value) in values.enumerated() { self.values[index] = value }
  }

  subscript(index: Int) -> Int64? {
    get { values[index] == Self.null ? nil : values[index] }
    set { values[index] = newValue ?? Self.null }
  }

  /// The first values, NULL as ``null``.
  func first(_ count: Int) -> [Int64] { (0..<count).map { values[$0] } }

  /// Of more than eight columns the others tell few keys apart. They are mixed to one number first:
  /// to hash each by itself would cost more than reading its row.
  func hash(into hasher: inout Hasher) {
    var mixed: Int64 = 0
    for index in 0..<8 {
      // 2⁶⁴ divided by the golden ratio, as a signed number: odd and without a pattern.
      mixed = (mixed ^ values[index]) &* -7_046_029_254_386_353_131
      mixed ^= mixed &>> 32
    }
    hasher.combine(mixed)
  }
}

/// Turns rows into the keys of their groups, and those into the texts that stand for them.
///
/// Different integers can stand for one text: instances of a process for its name, addresses for
/// their family. The first one met then stands for all.
struct GroupKeys {
  let keys: [GroupKey]
  /// What is read of each row, without those of a process or remote end that no key shows.
  let columns: [String]

  private let db: Database
  /// For each key the columns that it shows, by their place.
  private let used: [GroupKey: [Int]]
  /// For each column, if something stands in for its values.
  private var standIns: [StandIns?]
  private var texts: [GroupKey: [ErrorGroupKey: String?]] = [:]
  private var queries: [GroupKey: Query] = [:]

  init(_ keys: [GroupKey], in db: Database) {
    self.keys = keys
    self.db = db
    // At most fourteen, with all keys.
    let columns = Array(Set(keys.flatMap(\.field.columns))).sorted()
    self.columns = columns
    used = Dictionary(
      keys.map { key in
        let shown = Set(key.field.columns)
        return (key, columns.indices.filter { shown.contains(columns[$0]) })
      }, uniquingKeysWith: { first, _ in first })
    standIns = columns.map { column in
      let shown = keys.filter { $0.field.columns.contains(column) }
      return shown.allSatisfy(\.isAmbiguous) ? StandIns(keys: shown) : nil
    }
  }

  /// Adds the columns of a row to `rows`, as many integers; NULL is ``ErrorGroupKey/null``.
  func read(_ row: inout ColumnReader, into rows: inout [Int64]) {
    for _ in columns { rows.append(row.optionalInteger() ?? ErrorGroupKey.null) }
  }

  /// Replaces what was read of rows by what stands in for it.
  mutating func standIn(for rows: inout [Int64]) throws {
    for index in columns.indices where standIns[index] != nil {
      // A stride is slow here: it is not specialized for Int.
      var place = index
      while place < rows.count {
        let value = rows[place]
        if value != ErrorGroupKey.null { rows[place] = try standIn(for: value, at: index) }
        place += columns.count
      }
    }
  }

  private mutating func standIn(for value: Int64, at index: Int) throws -> Int64 {
    if let known = standIns[index]?[value] { return known }
    var key = ErrorGroupKey()
    key[index] = value
    let texts = try (standIns[index]?.keys ?? []).map { groupKey in
      try lookUp(groupKey, of: key).map(ExactText.init)
    }
    return standIns[index]?.add(value, texts) ?? value
  }

  /// What is shown for one of the keys.
  mutating func text(_ groupKey: GroupKey, of key: ErrorGroupKey) throws -> String? {
    var part = ErrorGroupKey()
    for index in used[groupKey] ?? [] { part[index] = key[index] }
    if let known = texts[groupKey]?[part] { return known }
    let text = try lookUp(groupKey, of: key)
    texts[groupKey, default: [:]][part] = text
    return text
  }

  private mutating func lookUp(_ groupKey: GroupKey, of key: ErrorGroupKey) throws -> String? {
    let used = used[groupKey] ?? []
    let query = try query(for: groupKey, used)
    return try query.first(used.map { SQLValue(key[$0]) }) { $0.optionalText() } ?? nil
  }

  private mutating func query(for groupKey: GroupKey, _ used: [Int]) throws -> Query {
    if let known = queries[groupKey] { return known }
    let row = used.map { "? AS \(columns[$0])" }.joined(separator: ", ")
    let query = try Query("SELECT \(groupKey.field.sql) FROM (SELECT \(row)) c", in: db)
    queries[groupKey] = query
    return query
  }

  /// Only the parts that belong to the columns of `other`, in its order.
  func part(of key: ErrorGroupKey, for other: GroupKeys) -> ErrorGroupKey {
    var part = ErrorGroupKey()
    for (index, column) in other.columns.enumerated() {
      part[index] = columns.firstIndex(of: column).flatMap { key[$0] }
    }
    return part
  }

  /// Without some of the keys.
  func without(_ isLeftOut: (GroupKey) -> Bool) -> GroupKeys {
    var others = GroupKeys(keys.filter { !isLeftOut($0) }, in: db)
    for (index, column) in others.columns.enumerated() {
      others.standIns[index] = columns.firstIndex(of: column).flatMap { standIns[$0] }
    }
    return others
  }

  /// Whether each value of a column stands for itself.
  func isExact(_ column: String) -> Bool {
    columns.firstIndex(of: column).map { standIns[$0] == nil } ?? false
  }

}

/// For the values of a column, the first value that was met with the same texts.
private struct StandIns {
  let keys: [GroupKey]
  private var values = GroupTable(width: 1)
  /// By the number of the value.
  private var standIns: [Int64] = []
  private var byTexts: [[ExactText?]: Int64] = [:]

  init(keys: [GroupKey]) {
    self.keys = keys
  }

  subscript(value: Int64) -> Int64? {
    let key: InlineArray<1, Int64> = [value]
    return values.knownIndex(of: key.span).map { standIns[$0] }
  }

  /// Adds a value that is not there; what stands for it.
  mutating func add(_ value: Int64, _ texts: [ExactText?]) -> Int64 {
    let standIn = byTexts[texts] ?? value
    byTexts[texts] = standIn
    let key: InlineArray<1, Int64> = [value]
    let index = values.index(of: key.span)
    precondition(index == standIns.count)
    standIns.append(standIn)
    return standIn
  }
}

extension GroupKey {
  /// Whether different integers stand for one text.
  fileprivate var isAmbiguous: Bool {
    switch self {
    case .process, .path, .pid, .user, .unit, .container, .family: true
    case .error, .remote, .local, .host, .service, .stage, .source, .cause, .protocol, .direction,
      .state:
      false
    }
  }
}
