import GRDB

/// Which changes of many need not be told, as their records have changed again: a bit for each, as
/// changes have no index on their record.
///
/// A follower that is far behind keeps it from one page to the next. What changes after it was made
/// has to be looked for besides.
public struct Backlog: Sendable {
  /// The last change that was there when it was made.
  let last: Int64
  /// It is about changes after `start`, up to `end`.
  let start: Int64
  let end: Int64
  private var superseded: [UInt64]

  /// How many changes it is about at most. Those after it, which only a follower that is even
  /// further behind has not seen, may tell records again as they were.
  private static let longest: Int64 = 1_000_000

  /// - Parameters:
  ///   - start: the place reached.
  ///   - last: the latest change.
  ///   - db: where the changes are.
  /// - Throws: `DatabaseError`.
  init(after start: Int64, upTo last: Int64, in db: Database) throws {
    self.start = start
    self.last = last
    end = min(last, start + Self.longest)
    var bits = [UInt64](repeating: 0, count: Int(end - start) / 64 + 1)
    var later: Set<Int64> = []
    try Query(
      "SELECT seq, connection_id FROM change WHERE seq > ? AND seq <= ? ORDER BY seq DESC", in: db
    ).forEach([.integer(start), .integer(end)]) { row in
      let bit = Int(row.integer() - start)
      if !later.insert(row.integer()).inserted { bits[bit / 64] |= 1 << UInt64(bit % 64) }
    }
    superseded = bits
  }

  /// Whether the record of this change has a later one here.
  func isSuperseded(_ sequence: Int64) -> Bool {
    let bit = Int(sequence - start)
    return superseded[bit / 64] >> UInt64(bit % 64) & 1 == 1
  }
}
