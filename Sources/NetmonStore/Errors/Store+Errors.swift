import NetmonCore

extension Store {
  /// Counts errors by group and over time. See ``ErrorSummary``.
  ///
  /// - Throws: ``StoreError/invalid(_:reason:)`` for a bucket or limit out of range.
  public func errorSummary(_ query: ErrorQuery) throws(StoreError) -> ErrorSummary {
    guard query.bucket > 0, query.limit >= 0 else {
      throw .invalid(.read, reason: "bucket must be positive, limit not negative")
    }
    return try read { db in
      var failures = ErrorCounter(query, in: db)
      guard let span = try failures.span() else { return .none }
      try failures.count(over: span)
      let largest = try failures.largest()
      var successes = SuccessCounter(
        query, over: span, groups: largest.map(\.key), of: failures.keys, in: db)
      try successes.count()
      let groups = largest.map { key, group in
        var group = group
        group.successes = successes.count(of: key, of: failures.keys)
        return group
      }
      return ErrorSummary(
        groups: groups, timeline: failures.timelineBuckets(), total: failures.total,
        totalGroups: failures.groupCount)
    }
  }
}
