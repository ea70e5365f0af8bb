import HTTPTypes
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

@Suite struct GroupCommitTests {
  private func records(_ count: Int, agent: String) -> [Connection] {
    (0..<count).map { number in
      var c = Connection(
        timestamp: testNow.advanced(byMicroseconds: Int64(number)), transport: .tcp,
        state: .ESTABLISHED, local: Endpoint(.anyIPv4, 1), remote: Endpoint(.anyIPv4, 2))
      c.origin = Origin(agent: agent, number: Int64(number))
      return c
    }
  }

  @Test func everyRequestIsToldOfItsOwnRecords() async throws {
    try await withStore { store in
      let commit = GroupCommit(store)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for agent in 0..<40 {
          let records = records(1 + agent % 7, agent: "agent-\(agent)")
          group.addTask {
            let recorded = try await commit.record(records)
            #expect(recorded.map(\.outcome) == records.map { _ in .inserted })
            for (recorded, record) in zip(recorded, records) {
              #expect(try store.connection(id: recorded.id)?.origin == record.origin)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try store.count(Filter()) == (0..<40).reduce(0) { $0 + 1 + $1 % 7 })
      #expect(try await commit.record([]).isEmpty)
    }
  }

  @Test func aRequestThatTheStoreRefusesFailsAlone() async throws {
    try await withStore { store in
      let commit = GroupCommit(store)
      let failed = try await withThrowingTaskGroup(of: Int?.self) { group in
        for agent in 0..<30 {
          var records = records(20, agent: "agent-\(agent)")
          if agent % 10 == 3 { records[7].bytesSent = -1 }
          group.addTask { [records] in
            do {
              _ = try await commit.record(records)
              return nil
            } catch StoreError.invalid {
              return agent
            }
          }
        }
        return try await group.reduce(into: Set<Int>()) { if let agent = $1 { $0.insert(agent) } }
      }
      #expect(failed == [3, 13, 23])
      #expect(try store.count(Filter()) == 27 * 20)
    }
  }

  @Test func manyPostsAtOnceAreAllStored() async throws {
    try await withServer { server in
      let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<50 {
          group.addTask {
            let reply = try await server.post(
              Record.series(20).lines, type: "application/x-ndjson")
            return reply.object["accepted"] as? Int ?? 0
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(accepted == 1000)
      #expect(try server.store.count(Filter()) == 1000)
    }
  }
}

@Suite struct AdmissionTests {
  private func admission(bodies: Int = 10, bytes: Int = 1000) -> Admission {
    var limits = Server.Limits()
    limits.bodies = bodies
    limits.allBodiesBytes = bytes
    return Admission(limits)
  }

  @Test func roomIsGivenBack() throws {
    let admission = admission(bodies: 2)
    let first = try admission.admit()
    do {
      let second = try admission.admit()
      #expect(throws: Problem.self) { try admission.admit() }
      try second.grow(to: 600)
      #expect(throws: Problem.self) { try first.grow(to: 401) }
      try first.grow(to: 400)
    }
    try first.grow(to: 1000)
    _ = try admission.admit()
  }

  @Test func oneBodyAloneIsTakenWhateverItsSize() throws {
    let admission = admission()
    let room = try admission.admit()
    try room.grow(to: 5000)
    let other = try admission.admit()
    #expect(throws: Problem.self) { try other.grow(to: 1) }
  }

  @Test func whoComesTooManyIsAskedToComeAgain() async throws {
    var limits = Server.Limits()
    limits.bodies = 0
    try await withServer(limits: limits) { server in
      let reply = try await server.post(Record().json)
      #expect(reply.status == 503)
      let seconds = try #require(reply.headers[.retryAfter].flatMap { Int($0) })
      #expect((1...5).contains(seconds))
      #expect(try server.store.count(Filter()) == 0)
      try await server.expect(200, from: "/api/connections")
    }
  }
}
