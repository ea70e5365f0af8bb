import NetmonCore

/// A row's place in the newest-first order.
///
/// Rows are ordered by (`place`, `id`). A row stands in one of the eight slots of its microsecond,
/// and then its place is its id. Or all eight were taken and it is *displaced*: its id is one of a
/// later microsecond, and its place is the last slot of its own, kept in the column `home`.
struct Position: Hashable {
  var place: Int64
  var id: Int64
}

/// The eight row ids that belong to one microsecond.
///
/// An id is `(microseconds since 2015) << 3 | slot`: ordered by time, and below 2⁵³ until 2050, so
/// that the primary key is also the index on time and the cursor of newest-first paging.
struct Slots: Hashable {
  /// 2015-01-01, the beginning of ``Timestamp/valid``, in microseconds since 1970.
  static let epoch = Timestamp.valid.lowerBound.microseconds

  let first: Int64
  var last: Int64 { first + 7 }

  /// Times out of the valid range give slots before or after all rows.
  init(_ timestamp: Timestamp) {
    let clamped = min(max(timestamp, Self.outside.lowerBound), Self.outside.upperBound)
    first = (clamped.microseconds - Self.epoch) << 3
  }

  /// The time of a place.
  static func timestamp(ofPlace place: Int64) -> Timestamp {
    Timestamp(microseconds: place >> 3 + epoch)
  }

  private static let outside =
    Timestamp.valid.lowerBound.advanced(byMicroseconds: -1)...Timestamp.valid.upperBound
}
