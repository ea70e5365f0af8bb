import Dispatch
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NetmonCore
import Synchronization
import Testing

@testable import NetmonServer

@Suite struct PackedResponseTests {
  private final class Counter: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func increase() { value.withLock { $0 += 1 } }
  }

  /// Counts what is written to it, and is never full.
  private struct CountingWriter: ResponseBodyWriter {
    let pieces: Counter
    let ends: Counter

    mutating func write(_ buffer: ByteBuffer) async throws { pieces.increase() }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { ends.increase() }
  }

  /// Runs a task on a queue, which is idle when the task waits for something.
  private final class QueueExecutor: TaskExecutor {
    let queue = DispatchQueue(label: "netmon.tests.packed-response")

    func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
  }

  @Test("While a channel's thread is busy, no more of a list is unpacked for it")
  func oneAtATime() async throws {
    let records = try RecordReader.read(Array(Record.series(1000).json.utf8), as: .json)
    let body = PackedBody { list in
      for connection in records.connections { list.append { connection.write(to: &$0) } }
    }
    #expect(body.count > 10)
    let loop = NIOAsyncTestingEventLoop()
    let channel = NIOAsyncTestingChannel(loop: loop)
    let gate = DispatchSemaphore(value: 0)
    loop.execute { gate.wait() }
    let (pieces, ends) = (Counter(), Counter())
    let executor = QueueExecutor()
    let writing = Task(executorPreference: executor) {
      try await body.response(on: channel, in: DeliveryRoom(limit: .max))
        .write(CountingWriter(pieces: pieces, ends: ends))
    }
    executor.queue.sync {}
    #expect(pieces.count == 1)
    gate.signal()
    try await writing.value
    #expect(pieces.count == body.count && ends.count == 1)
  }
}
