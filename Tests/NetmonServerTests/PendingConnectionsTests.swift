import Testing

@testable import NetmonServer

/// Who has to go when too many connections wait for something.
@Suite struct PendingConnectionsTests {
  private typealias Connections = PendingConnections<String>
  private var connections = Connections(
    bounds: [.unheard: .init(3), .body: .init(2), .idle: .init(2)], grace: .milliseconds(250))
  private let start = ContinuousClock.now

  @Test mutating func theOldestMakesRoom() {
    for name in ["a", "b", "c"] { #expect(connections.enter(name, .unheard, at: start) == []) }
    #expect(connections.enter("d", .unheard, at: start) == ["a"])
    connections.leave("b")
    #expect(connections.enter("e", .unheard, at: start) == [])
    #expect(connections.enter("f", .unheard, at: start) == ["c"])
    #expect(connections.count(in: .unheard) == 3)
  }

  @Test mutating func manyAtOnceHaveTheirTime() {
    connections = Connections(bounds: [.unheard: .init(2, burst: 5)], grace: .milliseconds(250))
    let names = ["a", "b", "c", "d", "e"]
    for name in names { #expect(connections.enter(name, .unheard, at: start) == []) }
    #expect(connections.isCrowded(.unheard))
    #expect(connections.enter("f", .unheard, at: start + .milliseconds(1)) == ["a"])
    #expect(connections.makeRoom(in: .unheard, at: start + .milliseconds(249)) == [])
    connections.leave("b")
    #expect(connections.makeRoom(in: .unheard, at: start + .milliseconds(250)) == ["c", "d"])
    #expect(!connections.isCrowded(.unheard) && connections.count(in: .unheard) == 2)
    // Later nobody waits for those who have had it.
    #expect(connections.enter("g", .unheard, at: start + .seconds(1)) == ["e"])
  }

  @Test mutating func phasesDoNotCompete() {
    for name in ["a", "b", "c"] { #expect(connections.enter(name, .unheard, at: start) == []) }
    for name in ["i", "j"] { #expect(connections.enter(name, .idle, at: start) == []) }
    for name in ["x", "y"] { #expect(connections.enter(name, .body, at: start) == []) }
    // Who goes on to another phase leaves room in the one before.
    #expect(connections.enter("b", .idle, at: start) == ["i"])
    #expect(connections.count(in: .unheard) == 2)
    #expect(connections.enter("d", .unheard, at: start) == [])
  }

  @Test mutating func whoAsksAgainHasWaitedLess() {
    for name in ["a", "b"] { #expect(connections.enter(name, .idle, at: start) == []) }
    connections.leave("a")
    #expect(connections.enter("a", .idle, at: start) == [])
    #expect(connections.enter("c", .idle, at: start) == ["b"])
  }

  @Test mutating func ofBodiesTheSlowestGoes() {
    #expect(connections.enter("fast", .body, at: start) == [])
    connections.receive(1 << 20, from: "fast")
    #expect(connections.enter("drip", .body, at: start + .seconds(1)) == [])
    connections.receive(5, from: "drip")
    #expect(connections.enter("new", .body, at: start + .seconds(5)) == ["drip"])
    // The older one has come further than the newer one.
    #expect(connections.enter("last", .body, at: start + .seconds(6)) == ["new"])
    #expect(connections.count(in: .body) == 2)
  }

  @Test mutating func aFloodOfNewBodiesDoesNotEndOneThatComes() {
    #expect(connections.enter("agent", .body, at: start) == [])
    for number in 1...1000 {
      let now = start + .milliseconds(number)
      connections.receive(1000, from: "agent")
      #expect(!connections.enter("\(number)", .body, at: now).contains("agent"))
    }
    #expect(connections.count(in: .body) == 2)
  }

  @Test mutating func whoIsGoneIsForgotten() {
    for number in 1...1000 {
      let phase = Connections.Phase.allCases[number % 3]
      #expect(connections.enter("\(number)", phase, at: start) == [])
      connections.leave("\(number)")
      connections.leave("\(number)")
      connections.receive(1, from: "\(number)")
    }
    for phase in Connections.Phase.allCases { #expect(connections.count(in: phase) == 0) }
  }
}
