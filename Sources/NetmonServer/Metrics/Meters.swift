import HTTPTypes
import NetmonStore
import Synchronization

/// What this server has counted since it started. Nothing of it ever falls.
final class Meters: Sendable {
  /// Requests of one kind.
  struct Requests: Hashable, Comparable {
    let method: String
    /// The route's path; "" when there is no such route.
    let route: String
    let status: Int

    static func < (a: Self, b: Self) -> Bool {
      (a.route, a.method, a.status) < (b.route, b.method, b.status)
    }
  }

  struct Reading {
    var requests: [Requests: Int] = [:]
    var recordsInserted = 0
    var recordsUpdated = 0
    var recordsUnchanged = 0
    var commits = Histogram()
    var faults: [ConnectionFault: Int] = [:]
  }

  private let state = Mutex(Reading())

  var reading: Reading { state.withLock { $0 } }

  /// Counts a request. What it names has to be of a bounded number.
  func countRequest(_ method: HTTPRequest.Method, _ route: String, _ status: HTTPResponse.Status) {
    let isKnown = [.get, .head, .post, .delete].contains(method)
    let requests = Requests(
      method: isKnown ? method.rawValue : "other", route: route, status: status.code)
    state.withLock { $0.requests[requests, default: 0] += 1 }
  }

  /// Counts a connection that came to nothing.
  func countFault(_ fault: ConnectionFault) {
    state.withLock { $0.faults[fault, default: 0] += 1 }
  }

  /// Counts records that were committed, and how long that took from the moment they were read.
  func countCommit(_ recorded: [Recorded], after duration: Duration) {
    var counts: [Recorded.Outcome: Int] = [:]
    for record in recorded { counts[record.outcome, default: 0] += 1 }
    state.withLock { [counts] state in
      state.recordsInserted += counts[.inserted] ?? 0
      state.recordsUpdated += counts[.updated] ?? 0
      state.recordsUnchanged += counts[.unchanged] ?? 0
      state.commits.add(duration / .seconds(1))
    }
  }
}

/// How many values were at most so large.
struct Histogram: Hashable {
  /// Seconds.
  static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// By bound, each without those below.
  private var counts = [Int](repeating: 0, count: bounds.count)
  private(set) var count = 0
  private(set) var sum = 0.0

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    if let index = Self.bounds.firstIndex(where: { value <= $0 }) { counts[index] += 1 }
  }

  /// For each bound the number of values that are at most that.
  var cumulative: [(bound: Double, count: Int)] {
    var total = 0
    return zip(Self.bounds, counts).map { bound, count in
      total += count
      return (bound, total)
    }
  }
}
