import NetmonCore
import Testing

@testable import NetmonServer

@Suite struct RateLimiterTests {
  private let start = ContinuousClock.now

  @Test func eachHasABurstAndThenARate() {
    var limiter = RateLimiter<String>(rate: 2, burst: 3, capacity: 10)
    func wait(_ key: String, after milliseconds: Int) -> Duration? {
      limiter.take(key, at: start + .milliseconds(milliseconds))
    }
    for _ in 0..<3 { #expect(wait("a", after: 0) == nil) }
    #expect(wait("a", after: 0) == .milliseconds(500))
    #expect(wait("b", after: 0) == nil)
    #expect(wait("a", after: 250) == .milliseconds(250))
    #expect(wait("a", after: 500) == nil)
    #expect(wait("a", after: 500) != nil)
    // Silence is worth a burst and no more.
    for _ in 0..<3 { #expect(wait("a", after: 3_600_000) == nil) }
    #expect(wait("a", after: 3_600_000) != nil)
  }

  @Test func itRemembersABoundedNumber() {
    var limiter = RateLimiter<Int>(rate: 1, burst: 5, capacity: 100)
    func isIn(_ key: Int, after seconds: Int = 0) -> Bool {
      limiter.take(key, at: start + .seconds(seconds)) == nil
    }
    for _ in 0..<5 { #expect(isIn(-1)) }
    for key in 0..<10_000 { #expect(isIn(key)) }
    #expect(limiter.count <= 100)
    // Whoever has used up everything is not forgotten for the sake of others.
    #expect(!isIn(-1))
    // A new one: which of the others are remembered is left open.
    #expect(isIn(10_000, after: 60))
    #expect(limiter.count == 1, "those that have all they may have need not be known")
  }

  @Test func sessionsEndByThemselvesAndAreBounded() throws {
    let tokens = try TestTokens()
    var generator = SystemRandomNumberGenerator()
    var sessions = Sessions()
    let (id, session) = sessions.begin(for: tokens.reader.token, at: testNow, using: &generator)
    let digest = SecretDigest(of: id)
    #expect(session.expires == testNow.advanced(byMicroseconds: 12 * 3_600_000_000))
    #expect(sessions.session(digest, at: testNow) == session)
    #expect(sessions.session(SecretDigest(of: id + "x"), at: testNow) == nil)
    #expect(sessions.session(digest, at: session.expires) == nil)
    // Not longer than its token.
    let short = sessions.begin(for: tokens.both.token, at: testNow, using: &generator).session
    #expect(short.expires == tokens.both.token.expires)
    sessions.end(digest)
    #expect(sessions.session(digest, at: testNow) == nil)
    for _ in 0..<(Sessions.maximumCount + 10) {
      _ = sessions.begin(for: tokens.reader.token, at: testNow, using: &generator)
    }
    #expect(sessions.count == Sessions.maximumCount)
    _ = sessions.begin(for: tokens.reader.token, at: session.expires, using: &generator)
    #expect(sessions.count == 1)
  }
}
