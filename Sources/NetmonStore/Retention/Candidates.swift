import GRDB

/// Goes through the rows by id, which is by time, and picks those that may go.
struct Candidates {
  /// The last id that was looked at.
  private(set) var position: Int64
  private let end: Int64
  private let cutoffs: RemovalCutoffs
  /// What was picked from the rows that were looked at last, in the order of ids.
  private(set) var ids: [Int64] = []

  init(after position: Int64, before end: Int64, _ cutoffs: RemovalCutoffs) {
    self.position = position
    self.end = end
    self.cutoffs = cutoffs
  }

  /// Looks at the next rows; false if there are none.
  mutating func advance(in db: Database) throws -> Bool {
    ids.removeAll(keepingCapacity: true)
    let start = position
    try Query(
      """
      SELECT id, \(Self.mayGo(3, 4)) FROM connection WHERE id > ?1 AND id < ?2
      ORDER BY id LIMIT 50000
      """, in: db
    ).forEach([
      .integer(position), .integer(end), .integer(cutoffs.successes), .integer(cutoffs.errors),
    ]) { row in
      position = row.integer()
      if row.integer() != 0 { ids.append(position) }
    }
    return position > start
  }

  /// Whether a row has ended before the cutoff for its kind, of parameters with these numbers.
  static func mayGo(_ successes: Int, _ errors: Int) -> String {
    """
    (ended_after IS NOT NULL
      AND opened_at + ended_after < iif(errno IS NULL, ?\(successes), ?\(errors)))
    """
  }
}
