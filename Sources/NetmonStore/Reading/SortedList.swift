import GRDB
import NetmonCore

/// A page of a list that is sorted by a field.
///
/// It begins after a row, which is known by what it is sorted by, and not after a number of rows: so
/// what comes or goes meanwhile makes no other row appear twice or not at all.
struct SortedList {
  private let sql: String
  private let bindings: Bindings

  init(
    _ query: ConnectionQuery, by sort: ConnectionQuery.Sort, limit: Int?, in db: Database
  ) throws {
    var selection = try Selection(query.filter, in: db)
    let rows = selection.select(
      "$place AS place, c.id AS id, \(sort.field.sortKey) AS value")
    var rest = ""
    if case .sorted(let key, let position) = query.cursor?.place {
      rest = "WHERE \(Self.follows(key, position, sort, &selection))"
    }
    let direction = sort.descending ? "DESC" : "ASC"
    sql = """
      SELECT place, id, value FROM (\(rows)) \(rest) \
      ORDER BY value \(direction), place \(direction), id \(direction) \
      LIMIT \(selection.bind(limit ?? -1)) OFFSET \(selection.bind(query.offset))
      """
    bindings = selection.bindings
  }

  /// The cursors that follow each of its rows.
  func cursors(in db: Database) throws -> [ConnectionQuery.Cursor] {
    try Query(sql, in: db).all(bindings.values) { row in
      let position = Position(place: row.integer(), id: row.integer())
      return ConnectionQuery.Cursor(.sorted(row.sortKey(), position))
    }
  }

  /// The same rows' ids, which take up less.
  func ids(in db: Database) throws -> [Int64] {
    try Query(sql, in: db).all(bindings.values) { row in
      _ = row.integer()
      return row.integer()
    }
  }

  /// Whether a row comes after this one. Unknown values are the least, and compare with nothing.
  private static func follows(
    _ key: SortKey, _ position: Position, _ sort: ConnectionQuery.Sort,
    _ selection: inout Selection
  ) -> String {
    let place = "\(selection.bind(position.place)), \(selection.bind(position.id))"
    if key == .unknown {
      return sort.descending
        ? "value IS NULL AND (place, id) < (\(place))"
        : "value IS NOT NULL OR (place, id) > (\(place))"
    }
    let whole = "\(selection.bind(key.value)), \(place)"
    return sort.descending
      ? "value IS NULL OR (value, place, id) < (\(whole))" : "(value, place, id) > (\(whole))"
  }
}
