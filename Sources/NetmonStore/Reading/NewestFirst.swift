import GRDB
import NetmonCore

/// Finds the rows that a filter selects, the newest first, and no more of them than are asked for.
///
/// There are three ways to come by them, all in the same order:
/// - along the primary key, until enough have matched;
/// - where only some processes or errors can match, from the newest row of each backwards, which
///   their index has in order: a merge, whose queue is that of a recursive query
///   (https://sqlite.org/lang_with.html#queryorder);
/// - where only some remote addresses can match, hour by hour among the processes that talked to
///   them in that hour.
struct NewestFirst {
  private enum Way {
    case scan
    case merge(column: String)
    case hours(ClosedRange<Int64>)
  }

  private let filter: Filter
  private let limit: Int?
  private let offset: Int
  private let after: Position?
  private let db: Database
  private var range: PlaceRange
  private let words: Set<String>
  /// How many rows there are to find, with those to leave out; nil is no limit.
  private var end: Int? {
    limit.map { limit in
      let (end, isTooLarge) = limit.addingReportingOverflow(offset)
      return isTooLarge ? .max : end
    }
  }

  init(
    _ filter: Filter, after: Position?, limit: Int?, offset: Int, in db: Database
  ) throws {
    self.filter = filter
    self.after = after
    self.limit = limit
    self.offset = offset
    self.db = db
    range = PlaceRange(filter)
    if let after {
      // A displaced row shares its place with the row in the last slot, and comes before it.
      range.narrow(0, after.id > after.place ? after.place : after.place - 1)
    }
    var words: Set<String> = []
    for case .word(let word) in filter.required.joined()
    where try FilterCompiler.isOfProcesses(word, in: db) { words.insert(word) }
    self.words = words
  }

  func positions() throws -> [Position] {
    guard range.first <= range.last || after != nil else { return [] }
    guard try db.hasDisplacedRows else { return try placed(limit: limit, offset: offset) }
    let both = try placed(limit: end, offset: 0) + displaced(limit: end)
    let sorted = both.sorted { ($0.place, $0.id) > ($1.place, $1.id) }
    return Array(sorted.dropFirst(offset).prefix(limit ?? .max))
  }

  /// Those that stand at their place.
  private func placed(limit: Int?, offset: Int) throws -> [Position] {
    var compiler = FilterCompiler()
    compiler.wordsOfProcesses = words
    let condition = "c.home IS NULL AND \(compiler.condition(filter))"
    switch try way {
    case .scan:
      return try placed(
        """
        SELECT c.id FROM connection c NOT INDEXED
        WHERE \(condition) AND \(compiler.isWithin(range)) ORDER BY c.id DESC
        """, &compiler, limit: limit, offset: offset)
    case .merge(let column):
      guard let values = compiler.values(of: column, filter) else { return [] }
      let newest = "SELECT max(c.id) FROM connection c WHERE c.\(column) ="
      // The LIMIT says nothing, but without one SQLite takes the order inside for superfluous.
      return try placed(
        """
        WITH RECURSIVE head (id, value) AS (
          SELECT (\(newest) v.value AND \(compiler.isWithin(range))), v.value FROM (\(values)) v
          UNION ALL
          SELECT (\(newest) head.value AND c.id < head.id
            AND c.id >= \(compiler.bindings.bind(range.first))), head.value
          FROM head WHERE head.id IS NOT NULL ORDER BY 1 DESC LIMIT -1
        )
        SELECT c.id FROM head CROSS JOIN connection c ON c.id = head.id WHERE \(condition)
        """, &compiler, limit: limit, offset: offset)
    case .hours(let hours):
      return try Array(placed(in: hours).dropFirst(offset).prefix(limit ?? .max))
    }
  }

  private func placed(
    _ select: String, _ compiler: inout FilterCompiler, limit: Int?, offset: Int
  ) throws -> [Position] {
    let sql = """
      \(select) LIMIT \(compiler.bindings.bind(limit ?? -1)) \
      OFFSET \(compiler.bindings.bind(offset))
      """
    return try Query(sql, in: db).all(compiler.bindings.values) { row in
      let id = row.integer()
      return Position(place: id, id: id)
    }
  }

  private func placed(in hours: ClosedRange<Int64>) throws -> [Position] {
    var positions: [Position] = []
    let end = end ?? .max
    for hour in hours.reversed() where positions.count < end {
      var places = PlaceRange(hour: hour)
      places.narrow(range.first, range.last)
      var compiler = FilterCompiler()
      let condition = "c.home IS NULL AND \(compiler.condition(filter))"
      guard let remotes = compiler.remotes(of: filter) else { return [] }
      positions += try placed(
        """
        SELECT c.id FROM connection c WHERE c.process_id IN (
          SELECT t.process_id FROM traffic_hour t
          WHERE t.hour = \(compiler.bindings.bind(hour)) AND t.remote_id IN (\(remotes))
        ) AND \(condition) AND \(compiler.isWithin(places)) ORDER BY c.id DESC
        """, &compiler, limit: end - positions.count, offset: 0)
    }
    return positions
  }

  /// Those that do not: few, and in the order of an index of their own.
  private func displaced(limit: Int?) throws -> [Position] {
    var compiler = FilterCompiler(place: "c.home")
    var condition = "c.home IS NOT NULL AND \(compiler.condition(filter))"
    if let after {
      let (place, id) = (compiler.bindings.bind(after.place), compiler.bindings.bind(after.id))
      condition += " AND (c.home, c.id) < (\(place), \(id))"
    }
    let sql = """
      SELECT c.home, c.id FROM connection c
      WHERE \(condition) ORDER BY c.home DESC, c.id DESC \
      LIMIT \(compiler.bindings.bind(limit ?? -1))
      """
    return try Query(sql, in: db).all(compiler.bindings.values) {
      Position(place: $0.integer(), id: $0.integer())
    }
  }
}

// MARK: - Choosing

extension NewestFirst {
  /// The way that promises to touch the fewest rows. Any way gives the same answer.
  private var way: Way {
    get throws {
      if filter.asksForMoment { return .scan }
      let all = try db.count("SELECT connections FROM rollup")
      let wanted = min(all, end ?? .max)
      let sets = try ["process_id", "errno"].compactMap { column in
        try size(of: column).map { (column: column, heads: $0.heads, rows: $0.rows) }
      }
      // How many rows there are to each that matches, if one set says nothing of the other.
      let rarity = sets.map { all / max($0.rows, 1) }
      var best = (way: Way.scan, cost: all)
      for (index, set) in sets.enumerated() {
        let others = rarity.enumerated().reduce(1) { $1.offset == index ? $0 : $0 * $1.element }
        // To look for a row by index costs ten times what passing over one does.
        let cost = 10 * (set.heads + 2 * min(set.rows, wanted * others))
        if cost < best.cost { best = (.merge(column: set.column), cost) }
      }
      guard best.cost > Self.fewRows else { return best.way }
      if let hours = try hours() { return .hours(hours) }
      // What is frequent is soon met by passing over everything; but that it was lately is a guess.
      let passed = rarity.reduce(wanted, *)
      return passed < best.cost / 4 ? .scan : best.way
    }
  }

  /// How many rows may be looked for without thinking of another way.
  private static var fewRows: Int { 30_000 }

  /// How many values the column can have, and how many rows have one of them; nil if any.
  private func size(of column: String) throws -> (heads: Int, rows: Int)? {
    var compiler = FilterCompiler()
    compiler.wordsOfProcesses = words
    guard let values = compiler.values(of: column, filter) else { return nil }
    let rows =
      column == "errno"
      ? "(SELECT errors FROM rollup)"
      : "(SELECT connections FROM process_total WHERE process_id = v.value)"
    let sum = column == "errno" ? "max(\(rows))" : "sum(\(rows))"
    return try Query("SELECT count(*), \(sum) FROM (\(values)) v", in: db)
      .first(compiler.bindings.values) { (Int($0.integer()), Int($0.integer())) }
  }

  /// The hours to look through if only few addresses can match.
  private func hours() throws -> ClosedRange<Int64>? {
    var compiler = FilterCompiler()
    guard offset < Self.fewRows, let remotes = compiler.remotes(of: filter), try db.isCounted,
      let first = try db.integer("SELECT min(hour) FROM traffic_hour"),
      let last = try db.integer("SELECT max(hour) FROM traffic_hour"),
      let asked = range.hours, asked.overlaps(first...last)
    else { return nil }
    let hours = asked.clamped(to: first...last)
    let most = Self.fewRows * 3 / hours.count
    let count = try db.count(
      "SELECT count(*) FROM (\(remotes) LIMIT \(most + 1))", compiler.bindings.values)
    return count <= most ? hours : nil
  }
}

extension FilterCompiler {
  fileprivate init(place: String) {
    self.init()
    self.place = place
  }

  fileprivate mutating func isWithin(_ range: PlaceRange) -> String {
    "c.id BETWEEN \(bindings.bind(range.first)) AND \(bindings.bind(range.last))"
  }

  fileprivate mutating func values(of column: String, _ filter: Filter) -> String? {
    column == "errno" ? errnos(of: filter) : processes(of: filter)
  }
}
