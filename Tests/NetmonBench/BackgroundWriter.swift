import Foundation
import NetmonCore
import NetmonStore
import Synchronization

/// Writes into a store at an even rate, from a thread of its own, until its owner lets go of it.
final class BackgroundWriter: Sendable {
  private let isDone: Atomic<Bool>
  private let written = Atomic<Int>(0)
  private let start = ContinuousClock.now

  /// Begins to write: `rate` records a second, in batches of 200, of which every second one ends a
  /// connection that the batch before has opened.
  init(_ store: Store, _ workload: StoreWorkload, rate: Int) {
    isDone = Atomic(false)
    guard rate > 0 else { return }
    var workload = workload
    workload.laterStep = Int64(2_000_000 / rate)
    // What follows is of now.
    workload.end = .now
    let thread = Thread { [weak self, workload] in
      var next = workload.rows
      var due = ContinuousClock.now
      while let self, !isDone.load(ordering: .relaxed) {
        let closed = (next - 100..<next).map { workload.record($0) }
        let opened = (next..<next + 100).map { number in
          var connection = workload.record(number)
          (connection.revision, connection.state) = (1, .ESTABLISHED)
          (connection.closedAt, connection.error) = (nil, nil)
          return connection
        }
        do {
          _ = try store.record(closed + opened)
        } catch {
          return NetmonBench.say("the writer ended: \(error)\n")
        }
        next += 100
        written.add(200, ordering: .relaxed)
        due += .seconds(1) * 200 / rate
        Thread.sleep(forTimeInterval: max(0, (due - .now) / .seconds(1)))
      }
    }
    thread.start()
  }

  deinit { stop() }

  func stop() { isDone.store(true, ordering: .relaxed) }

  /// Records a second so far.
  var rate: Double {
    Double(written.load(ordering: .relaxed)) / max((.now - start) / .seconds(1), 0.001)
  }
}
