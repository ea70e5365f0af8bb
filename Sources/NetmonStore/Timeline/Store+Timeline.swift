import GRDB
import NetmonCore

extension Store {
  /// Counts connections and errors step by step. See ``Timeline``.
  public func timeline(_ query: TimelineQuery) throws(StoreError) -> Timeline {
    let timeline = try read { db in
      var query = query
      if query.from == nil {
        let oldest = try db.integer("SELECT opened_at FROM connection ORDER BY id LIMIT 1")
        query.begin(at: oldest.map(Timestamp.init(microseconds:)) ?? query.to)
      }
      return try TimelineCounter(query, in: db).map { try $0.timeline() }
    }
    guard var timeline else { throw .invalid(.read, reason: "the span has no beginning") }
    timeline.gaps = try gaps(
      GapQuery(since: timeline.from, until: timeline.to, limit: Timeline.maximumGaps))
    return timeline
  }
}
