import Synchronization
import Testing

@testable import NetmonServer

/// Whose response is dropped when those that nobody takes are too many.
@Suite struct DeliveryRoomTests {
  private let room = DeliveryRoom(limit: 1_000_000)
  private let dropped = Dropped()

  private final class Dropped: Sendable {
    let names = Mutex<[String]>([])
    var all: [String] { names.withLock { $0 } }
  }

  private final class Connection: Sendable {
    let name: String
    init(_ name: String) { self.name = name }
  }

  private func add(_ bytes: Int, _ connection: Connection) {
    room.add(bytes, of: ObjectIdentifier(connection)) { [dropped, name = connection.name] in
      dropped.names.withLock { $0.append(name) }
    }
  }

  private func take(_ bytes: Int, _ connection: Connection) {
    room.remove(bytes, of: ObjectIdentifier(connection))
  }

  @Test func whoHasMostToTakeGoesFirst() {
    let (small, large, other) = (Connection("small"), Connection("large"), Connection("other"))
    add(100_000, small)
    add(600_000, large)
    add(300_000, other)
    #expect(dropped.all == [])
    add(1, other)
    #expect(dropped.all == ["large"])
    #expect(room.occupied == 400_001)
    // What it had left comes back as not taken.
    take(600_000, large)
    #expect(room.occupied == 400_001)
  }

  @Test func ofEqualOnesTheOneThatTookNothingForLongest() {
    let (first, second, third) = (Connection("first"), Connection("second"), Connection("third"))
    add(400_000, first)
    add(400_000, second)
    add(1000, first)
    take(1000, first)
    add(400_000, third)
    #expect(dropped.all == ["second"])
  }

  @Test func oneAloneMayBeLarger() {
    let large = Connection("large")
    let others = (0..<20).map { Connection("\($0)") }
    for other in others { add(1000, other) }
    for _ in 0..<50 { add(100_000, large) }
    #expect(dropped.all == [])
    for _ in 0..<50 { take(100_000, large) }
    for other in others { take(1000, other) }
    #expect(room.occupied == 0)
  }

  @Test func manyThatTakeNothingStayWithinTheLimit() {
    let connections = (0..<500).map { Connection("\($0)") }
    for connection in connections {
      for _ in 0..<4 { add(65_536, connection) }
      #expect(room.occupied <= 1_000_000)
    }
    #expect(dropped.all.count > 490)
  }
}
