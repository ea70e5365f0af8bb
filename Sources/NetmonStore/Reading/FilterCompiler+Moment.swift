import NetmonCore

/// Connections that lasted long, in classes: the index `connection_lasting` has those of a class by
/// the time at which they began.
///
/// What was open at a moment began before it, and nobody knows how long before. Of a class it is
/// known: so only rows are read of which a good part was open.
enum LastingClass {
  /// In microseconds: what lasted less is in no class.
  static let shortest: Int64 = 60_000_000

  /// Those of a class lasted less than this; of the last one there is no such time.
  static let limits: [Int64] = [8, 64, 512].map { $0 * shortest }

  /// The number of a row's class, as the index has it.
  static let sql = limits.map { "(ended_after >= \($0))" }.joined(separator: " + ")
}

extension FilterCompiler {
  /// That a row was open at a moment, by the set of all rows that were.
  ///
  /// Each part of the set has an index: what lasted less than a minute began in the minute before,
  /// what lasted longer is found by its class, and what is open yet has an index of its own.
  mutating func isOpen(at moment: Timestamp) -> String {
    let time = bindings.bind(moment.microseconds)
    let last = bindings.bind(Slots(moment).last)
    let ended = "o.opened_at + o.ended_after > \(time)"
    var parts = [
      "NOT INDEXED WHERE \(began(within: LastingClass.shortest, before: moment)) AND \(ended)"
    ]
    for number in 0...LastingClass.limits.count {
      let limit = number < LastingClass.limits.count ? LastingClass.limits[number] : nil
      parts.append(
        """
        INDEXED BY connection_lasting WHERE \(LastingClass.sql) = \(number) \
        AND o.ended_after >= \(LastingClass.shortest) \
        AND \(began(within: limit, before: moment)) AND \(ended)
        """)
    }
    parts.append("INDEXED BY connection_open WHERE o.ended_after IS NULL AND o.id <= \(last)")
    let placed = parts.map { "SELECT o.id FROM connection o \($0) AND o.home IS NULL" }
    let displaced = """
      SELECT o.id FROM connection o WHERE o.home IS NOT NULL AND o.opened_at <= \(time) \
      AND (o.ended_after IS NULL OR \(ended))
      """
    return "c.id IN (\((placed + [displaced]).joined(separator: " UNION ALL ")))"
  }

  /// That a row `o`, which stands at its place, began so many microseconds before, or any time
  /// before when there is no limit.
  private mutating func began(within limit: Int64?, before moment: Timestamp) -> String {
    let first = limit.map { Slots(moment.advanced(byMicroseconds: -$0)).first } ?? 0
    return "o.id BETWEEN \(bindings.bind(first)) AND \(bindings.bind(Slots(moment).last))"
  }
}

extension Filter {
  /// Whether it selects only what was open at a moment, which is few rows of many.
  var asksForMoment: Bool {
    required.contains { matches in
      matches.count == 1 && matches.allSatisfy { if case .open = $0 { true } else { false } }
    }
  }
}
