import Testing

@testable import NetmonAgent

@Suite struct BackoffTests {
  @Test func doublesUpToTheLongestWait() {
    var backoff = Backoff()
    let waits = (0..<12).map { _ in backoff.next(retryAfter: nil, random: 1) }
    #expect(waits[..<4] == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)])
    #expect(waits.last == Backoff.longest)
  }

  @Test func jitterTakesAllButAMoment() {
    var backoff = Backoff()
    #expect(backoff.next(retryAfter: nil, random: 0) == Backoff.shortest)
    #expect(backoff.next(retryAfter: nil, random: 0.5) == .milliseconds(500))
  }

  @Test func manyFailuresDoNotOverflow() {
    var backoff = Backoff()
    for _ in 0..<100_000 { #expect(backoff.next(retryAfter: nil, random: 1) <= Backoff.longest) }
  }

  @Test func theServersWishIsTheLeast() {
    var backoff = Backoff()
    #expect(backoff.next(retryAfter: 30, random: 0) >= .seconds(30))
    #expect(backoff.next(retryAfter: 30, random: 1) == .seconds(31), "spread by the jitter")
    backoff.reset()
    #expect(backoff.next(retryAfter: 1_000_000, random: 1) < .seconds(700), "but not for ever")
    backoff.reset()
    #expect(backoff.next(retryAfter: -5, random: 1) == .milliseconds(500))
  }

  @Test("A server that asks for little is tried again soon, however long it has refused")
  func theServersWishBoundsTheJitter() {
    var backoff = Backoff()
    for _ in 0..<20 { _ = backoff.next(retryAfter: 2, random: 1) }
    #expect(backoff.next(retryAfter: 2, random: 0) == .seconds(2))
    #expect(backoff.next(retryAfter: 2, random: 1) == .seconds(10))
    #expect(backoff.next(retryAfter: 0, random: 0) == Backoff.shortest, "never a busy loop")
  }
}
