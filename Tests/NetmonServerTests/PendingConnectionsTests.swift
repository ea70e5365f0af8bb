import Testing

@testable import NetmonServer

/// Who has to go when too many connections wait for something.
@Suite struct PendingConnectionsTests {
  private typealias Connections = PendingConnections<String>
  private var connections = Connections(limits: [.unheard: 3, .body: 2, .idle: 2])
  private let start = ContinuousClock.now

  @Test mutating func theOldestMakesRoom() {
    for name in ["a", "b", "c"] { #expect(connections.enter(name, .unheard, at: start) == nil) }
    #expect(connections.enter("d", .unheard, at: start) == "a")
    connections.leave("b")
    #expect(connections.enter("e", .unheard, at: start) == nil)
    #expect(connections.enter("f", .unheard, at: start) == "c")
    #expect(connections.count(in: .unheard) == 3)
  }

  @Test mutating func phasesDoNotCompete() {
    for name in ["a", "b", "c"] { #expect(connections.enter(name, .unheard, at: start) == nil) }
    for name in ["i", "j"] { #expect(connections.enter(name, .idle, at: start) == nil) }
    for name in ["x", "y"] { #expect(connections.enter(name, .body, at: start) == nil) }
    // Who goes on to another phase leaves room in the one before.
    #expect(connections.enter("b", .idle, at: start) == "i")
    #expect(connections.count(in: .unheard) == 2)
    #expect(connections.enter("d", .unheard, at: start) == nil)
  }

  @Test mutating func whoAsksAgainHasWaitedLess() {
    for name in ["a", "b"] { #expect(connections.enter(name, .idle, at: start) == nil) }
    connections.leave("a")
    #expect(connections.enter("a", .idle, at: start) == nil)
    #expect(connections.enter("c", .idle, at: start) == "b")
  }

  @Test mutating func ofBodiesTheSlowestGoes() {
    #expect(connections.enter("fast", .body, at: start) == nil)
    connections.receive(1 << 20, from: "fast")
    #expect(connections.enter("drip", .body, at: start + .seconds(1)) == nil)
    connections.receive(5, from: "drip")
    #expect(connections.enter("new", .body, at: start + .seconds(5)) == "drip")
    // The older one has come further than the newer one.
    #expect(connections.enter("last", .body, at: start + .seconds(6)) == "new")
    #expect(connections.count(in: .body) == 2)
  }

  @Test mutating func aFloodOfNewBodiesDoesNotEndOneThatComes() {
    #expect(connections.enter("agent", .body, at: start) == nil)
    for number in 1...1000 {
      let now = start + .milliseconds(number)
      connections.receive(1000, from: "agent")
      if let victim = connections.enter("\(number)", .body, at: now) { #expect(victim != "agent") }
    }
    #expect(connections.count(in: .body) == 2)
  }

  @Test mutating func whoIsGoneIsForgotten() {
    for number in 1...1000 {
      let phase = Connections.Phase.allCases[number % 3]
      #expect(connections.enter("\(number)", phase, at: start) == nil)
      connections.leave("\(number)")
      connections.leave("\(number)")
      connections.receive(1, from: "\(number)")
    }
    for phase in Connections.Phase.allCases { #expect(connections.count(in: phase) == 0) }
  }
}
