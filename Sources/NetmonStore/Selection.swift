import GRDB
import NetmonCore

/// The rows that a filter selects, as a `FROM` clause with its bound values.
///
/// Usually one scan. When there are displaced rows it is two, one over those that stand at their
/// place and one over those that do not, as each has an index in the order of its places; SQLite
/// merges them.
struct Selection {
  private(set) var bindings: Bindings
  private let arms: [(place: String, condition: String)]

  init(
    _ filter: Filter, by occurrence: FilterCompiler.Occurrence = .seen, where extra: String? = nil,
    after position: Position? = nil, in db: Database
  ) throws {
    let places = try db.hasDisplacedRows ? ["c.id", "c.home"] : ["c.id"]
    var compiler = FilterCompiler(occurrence: occurrence)
    arms = places.map { place in
      compiler.place = place
      var conditions = [compiler.condition(filter)]
      if places.count > 1 { conditions.append("c.home IS \(place == "c.id" ? "" : "NOT ")NULL") }
      if let extra { conditions.append(extra) }
      if let position { conditions.append(compiler.after(position)) }
      return (place, conditions.joined(separator: " AND "))
    }
    bindings = compiler.bindings
  }

  /// `SELECT` of expressions on the selected rows `c`; in them, `$place` is the column of the place.
  func select(_ columns: String) -> String {
    arms.map { arm in
      """
      SELECT \(columns.replacing("$place", with: arm.place)) FROM connection c \
      WHERE \(arm.condition)
      """
    }.joined(separator: " UNION ALL ")
  }

  mutating func bind(_ number: some BinaryInteger) -> String { bindings.bind(number) }
}

extension FilterCompiler {
  /// Rows that come later in the newest-first order.
  fileprivate mutating func after(_ position: Position) -> String {
    if place == "c.id" {
      // A displaced row shares its place with the row in the last slot, and comes before it.
      let end = position.id > position.place ? position.place + 1 : position.place
      return "c.id < \(bindings.bind(end))"
    }
    return "(\(place), c.id) < (\(bindings.bind(position.place)), \(bindings.bind(position.id)))"
  }
}
