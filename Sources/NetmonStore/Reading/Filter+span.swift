import NetmonCore

extension Filter {
  /// The latest moment that a plain `since:` names.
  var since: Timestamp? {
    occurrences.compactMap {
      switch $0 {
      case .equal(let time), .greater(let time), .greaterOrEqual(let time), .between(let time, _):
        time
      case .less, .lessOrEqual: nil
      }
    }.max()
  }

  /// The earliest moment that a plain `until:` names.
  var until: Timestamp? {
    occurrences.compactMap {
      switch $0 {
      case .equal(let time), .less(let time), .lessOrEqual(let time), .between(_, let time): time
      case .greater, .greaterOrEqual: nil
      }
    }.min()
  }

  private var occurrences: [Comparison<Timestamp>] { terms.compactMap(\.occurrence) }
}

extension Filter.Term {
  /// Whether it is a plain `since:` or `until:`.
  var isPlainOccurrence: Bool { occurrence != nil }

  fileprivate var occurrence: Filter.Comparison<Timestamp>? {
    guard !isNegated, anyOf.count == 1, case .time(.occurrence, let comparison) = anyOf[0]
    else { return nil }
    return comparison
  }
}
