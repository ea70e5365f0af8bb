import NetmonCore

/// A number for each step of a span of time.
struct StepCounts {
  let width: BucketWidth
  /// The number of the first step, counted from 1970.
  private let first: Int64
  private var counts: [Int]

  /// The steps that hold any moment from `from` on and before `to`.
  init(_ width: BucketWidth, from: Timestamp, to: Timestamp) {
    self.width = width
    first = from.microseconds / width.microseconds
    let last = (to.microseconds - 1) / width.microseconds
    counts = Array(repeating: 0, count: Int(max(last - first, 0)) + 1)
  }

  /// Moments out of the span count nowhere.
  mutating func add(_ count: Int, at microseconds: Int64) {
    let index = Int(microseconds / width.microseconds - first)
    if counts.indices.contains(index) { counts[index] += count }
  }

  /// Whether a step begins at a time.
  func isBeginning(_ time: Timestamp) -> Bool { time.microseconds % width.microseconds == 0 }

  /// What was counted in the step that holds a moment of the span.
  func count(at time: Timestamp) -> Int {
    counts[Int(time.microseconds / width.microseconds - first)]
  }
}
