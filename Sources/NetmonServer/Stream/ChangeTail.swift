import NetmonCore

/// The latest changes of a store, which all streams that keep up with it are written from.
struct ChangeTail {
  /// It has all changes after `start`, up to `end`.
  private(set) var start: Int64
  private(set) var end: Int64
  /// In the order of the sequence.
  private var events: [ChangeEvent] = []
  /// Bytes of all of them.
  private var size = 0

  /// How many changes it holds; fewer when they are large.
  static let capacity = 2000
  private static let maximumSize = 8 << 20

  init(at sequence: Int64) {
    start = sequence
    end = sequence
  }

  /// Takes in what follows, up to `sequence`; the oldest goes.
  mutating func append(_ more: [ChangeEvent], through sequence: Int64) {
    events += more
    size += more.reduce(0) { $0 + $1.size }
    end = sequence
    var excess = 0
    while events.count - excess > Self.capacity || size > Self.maximumSize {
      start = events[excess].sequence
      size -= events[excess].size
      excess += 1
    }
    events.removeFirst(excess)
  }

  /// What comes after `sequence`, `limit` at most, and how far that is; nil when it no longer has
  /// all of it.
  func changes(
    after sequence: Int64, limit: Int
  ) -> (events: [ChangeEvent], through: Int64)? {
    guard sequence >= start else { return nil }
    var (first, last) = (0, events.count)
    while first < last {
      let middle = (first + last) / 2
      if events[middle].sequence > sequence { last = middle } else { first = middle + 1 }
    }
    let found = Array(events[first...].prefix(limit))
    let isAll = found.count == events.count - first
    return (found, isAll ? max(end, sequence) : found.last?.sequence ?? sequence)
  }
}
