import NetmonCore

/// The places between which all rows of a question are. See ``Position``.
struct PlaceRange: Hashable {
  var first: Int64
  var last: Int64

  static let all = PlaceRange(first: 0, last: .max)

  init(first: Int64, last: Int64) {
    (self.first, self.last) = (first, last)
  }

  /// What the terms about the timestamp leave.
  init(_ filter: Filter) {
    self = .all
    for matches in filter.required where matches.count == 1 {
      switch matches[0] {
      case .time(.timestamp, let comparison), .time(.occurrence, let comparison):
        narrow(to: comparison)
      case .open(let moment): narrow(first, Slots(moment).last)
      default: break
      }
    }
  }

  private mutating func narrow(to comparison: Filter.Comparison<Timestamp>) {
    switch comparison {
    case .equal(let time): narrow(Slots(time).first, Slots(time).last)
    case .less(let time): narrow(first, Slots(time).first - 1)
    case .lessOrEqual(let time): narrow(first, Slots(time).last)
    case .greater(let time): narrow(Slots(time).last + 1, last)
    case .greaterOrEqual(let time): narrow(Slots(time).first, last)
    case .between(let low, let high): narrow(Slots(low).first, Slots(high).last)
    }
  }

  mutating func narrow(_ first: Int64, _ last: Int64) {
    (self.first, self.last) = (max(self.first, first), min(self.last, last))
  }

  /// The times of the places; nil when there are none.
  var span: ClosedRange<Timestamp>? {
    guard first <= last else { return nil }
    return Slots.timestamp(ofPlace: first)...Slots.timestamp(ofPlace: last)
  }

  /// The hours, counted from 1970, that they are of; nil when there are none.
  var hours: ClosedRange<Int64>? {
    guard first <= last else { return nil }
    func hour(_ place: Int64) -> Int64 { (place >> 3 + Slots.epoch) / Counted.hourWidth }
    return hour(first)...hour(last)
  }

  /// The places of an hour.
  init(hour: Int64) {
    let start = Timestamp(microseconds: hour * Counted.hourWidth)
    let end = start.advanced(byMicroseconds: Counted.hourWidth - 1)
    self.init(first: Slots(start).first, last: Slots(end).last)
  }
}
