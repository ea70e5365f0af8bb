import NetmonCore

/// Counts failures by error in buckets of time.
struct FailureTimeline {
  /// In microseconds, > 0. Buckets begin at its multiples since 1970.
  let width: Int64
  private var counts: [Int64: [Int64: Int]] = [:]
  /// Of the bucket that the last failure was in: they come in the order of time.
  private var last = BucketCounts(time: .min)

  init(width: Int64) {
    self.width = width
  }

  mutating func add(at time: Int64, errno: Int64) {
    let begin = time / width * width
    if begin != last.time {
      flush()
      last = BucketCounts(time: begin)
    }
    last.add(errno)
  }

  /// Ascending.
  mutating func buckets() -> [TimelineBucket] {
    flush()
    return counts.sorted { $0.key < $1.key }.map { time, counts in
      let ordered = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      return TimelineBucket(
        time: Timestamp(microseconds: time),
        counts: ordered.compactMap { errno, count in
          ConnectionError(number: Int32(truncatingIfNeeded: errno)).map { ($0, count) }
        })
    }
  }

  private mutating func flush() {
    for (errno, count) in last.counts {
      counts[last.time, default: [:]][errno, default: 0] += count
    }
    last = BucketCounts(time: last.time)
  }
}

/// How many failures one stretch of time has of each error, of which there are few.
private struct BucketCounts {
  let time: Int64
  private(set) var counts: [(errno: Int64, count: Int)] = []

  init(time: Int64) {
    self.time = time
  }

  mutating func add(_ errno: Int64) {
    guard let index = counts.firstIndex(where: { $0.errno == errno }) else {
      return counts.append((errno, 1))
    }
    counts[index].count += 1
  }
}
