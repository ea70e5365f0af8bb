import GRDB
import NetmonCore

/// The rows that a filter selects, as a `FROM` clause with its bound values.
///
/// Usually one scan. When there are displaced rows it is two, one over those that stand at their
/// place and one over those that do not, as each has an index in the order of its places.
struct Selection {
  private var compiler: FilterCompiler
  private let arms: [(place: String, condition: String)]
  private let source: String

  var bindings: Bindings { compiler.bindings }

  /// The rows of a filter.
  init(
    _ filter: Filter, by occurrence: FilterCompiler.Occurrence = .seen, where extra: String? = nil,
    in db: Database
  ) throws {
    // What was open at a moment is looked up by its ids, which are few, and nothing else.
    let source = filter.asksForMoment ? "connection c NOT INDEXED" : "connection c"
    try self.init(filter, of: source, by: occurrence, where: extra, in: db)
  }

  /// The failures of a filter. Their index holds most of what is asked of them; to look for the rows
  /// of a process and then whether they failed would take much longer.
  init(failuresOf filter: Filter, in db: Database) throws {
    try self.init(
      filter, of: "connection c INDEXED BY connection_failed", by: .failed,
      where: "c.errno IS NOT NULL", in: db)
  }

  private init(
    _ filter: Filter, of source: String, by occurrence: FilterCompiler.Occurrence,
    where extra: String?, in db: Database
  ) throws {
    self.source = source
    let places = try db.hasDisplacedRows ? ["c.id", "c.home"] : ["c.id"]
    var compiler = FilterCompiler(occurrence: occurrence)
    arms = places.map { place in
      compiler.place = place
      var conditions = [compiler.condition(filter)]
      if places.count > 1 { conditions.append("c.home IS \(place == "c.id" ? "" : "NOT ")NULL") }
      if let extra { conditions.append(extra) }
      return (place, conditions.joined(separator: " AND "))
    }
    self.compiler = compiler
  }

  /// `SELECT` of expressions on the selected rows `c`; in them, `$place` is the column of the place.
  func select(_ columns: String) -> String {
    arms.map { arm in
      """
      SELECT \(columns.replacing("$place", with: arm.place)) FROM \(source) \
      WHERE \(arm.condition)
      """
    }.joined(separator: " UNION ALL ")
  }

  mutating func bind(_ value: SQLValue) -> String { compiler.bindings.bind(value) }
  mutating func bind(_ number: some BinaryInteger) -> String { compiler.bindings.bind(number) }
}
