import NetmonCore
import Testing

@testable import NetmonServer

@Suite struct ChangeTailTests {
  private func events(_ sequences: some Sequence<Int64>, path: String = "") -> [ChangeEvent] {
    sequences.map { sequence in
      let nowhere = Endpoint(.anyIPv4, 0)
      var connection = Connection(
        timestamp: testNow, transport: .tcp, state: .CLOSE, local: nowhere, remote: nowhere)
      connection.process.path = path
      return ChangeEvent(sequence, connection)
    }
  }

  private func sequences(_ tail: ChangeTail, after sequence: Int64, limit: Int = 10) -> [Int64]? {
    tail.changes(after: sequence, limit: limit)?.events.map(\.sequence)
  }

  @Test func itHasWhatComesAfterItsStart() {
    var tail = ChangeTail(at: 10)
    #expect(sequences(tail, after: 10) == [])
    #expect(sequences(tail, after: 9) == nil)
    tail.append(events([12, 15]), through: 17)
    #expect(sequences(tail, after: 9) == nil)
    #expect(sequences(tail, after: 10) == [12, 15])
    #expect(sequences(tail, after: 12) == [15])
    #expect(sequences(tail, after: 13) == [15])
    #expect(sequences(tail, after: 15) == [])
  }

  @Test func whoHasAllOfItIsAtItsEnd() {
    var tail = ChangeTail(at: 10)
    tail.append(events([12, 15]), through: 17)
    #expect(tail.changes(after: 11, limit: 10)?.through == 17)
    #expect(tail.changes(after: 11, limit: 1)?.through == 12)
    #expect(tail.changes(after: 17, limit: 1)?.through == 17)
    // Who has read the store may be ahead.
    #expect(tail.changes(after: 20, limit: 1)?.through == 20)
  }

  @Test func theOldestGo() {
    let capacity = Int64(ChangeTail.capacity)
    var tail = ChangeTail(at: 0)
    tail.append(events(1...capacity), through: capacity)
    #expect(sequences(tail, after: 0, limit: 1) == [1])
    tail.append(events(capacity + 1...capacity + 5), through: capacity + 5)
    #expect(sequences(tail, after: 4) == nil)
    #expect(sequences(tail, after: 5, limit: 1) == [6])
  }

  @Test func largeOnesGoSooner() {
    let path = String(repeating: "x", count: 8000)
    var tail = ChangeTail(at: 0)
    tail.append(events(1...1000, path: path), through: 1000)
    #expect(tail.start > 400)
    #expect(sequences(tail, after: tail.start)?.first == tail.start + 1)
    #expect(sequences(tail, after: 999) == [1000])
  }
}
