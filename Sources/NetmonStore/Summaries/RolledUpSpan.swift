import NetmonCore

/// How a span of time is put together from whole hours, which a roll-up tells of, and the rows on
/// both sides of its ends.
///
/// Each end goes to the nearest hour, the last row counting as the end of its own. Where that is
/// outside of the span the rows between are counted too much and taken away again: so never more
/// than half an hour of rows is read.
struct RolledUpSpan: Hashable {
  /// Counted from 1970.
  var hours: ClosedRange<Int64>
  /// Of rows that the hours lack.
  var added: [ClosedRange<Timestamp>] = []
  /// Of rows that the hours have too many.
  var removed: [ClosedRange<Timestamp>] = []

  /// For rows that are all of the hour `oldest` or later, and none of them after `newest`. Nil if
  /// the span has too little of any hour.
  init?(_ span: ClosedRange<Timestamp>, oldest: Int64, newest: Timestamp) {
    let width = Counted.hourWidth
    // Beyond the rows there is nothing to add or to take away.
    let start = max(span.lowerBound.microseconds, oldest * width)
    let rowsEnd = newest.microseconds + 1
    let end = min(span.upperBound.microseconds + 1, rowsEnd)
    let (first, below) = ((start + width / 2) / width, end / width)
    let above = min((below + 1) * width, rowsEnd)
    let isNearerAbove = above - end < end - below * width
    let last = isNearerAbove ? below : below - 1
    guard first <= last else { return nil }
    hours = first...last
    add(start, first * width, isMissing: start < first * width)
    add(end, isNearerAbove ? above : below * width, isMissing: !isNearerAbove)
  }

  private mutating func add(_ a: Int64, _ b: Int64, isMissing: Bool) {
    guard a != b else { return }
    let part = Timestamp(microseconds: min(a, b))...Timestamp(microseconds: max(a, b) - 1)
    if isMissing { added.append(part) } else { removed.append(part) }
  }
}
