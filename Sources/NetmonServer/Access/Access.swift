import HTTPTypes
import Hummingbird
import Logging
import NetmonCore
import Synchronization

/// Lets in who may come in: holders of tokens, and pages of those who have signed in with one.
///
/// Where no token was ever made nobody is asked, which only loopback admits.
final class Access: Sendable {
  private struct State {
    var sessions = Sessions()
    /// By the id of the token.
    var requests: RateLimiter<String>
    /// By where wrong tokens come from.
    var failures: RateLimiter<PeerNetwork>
  }

  let watch: TokenWatch
  private let isSecure: Bool
  private let now: @Sendable () -> Timestamp
  private let state: Mutex<State>

  /// `isSecure` says whether cookies go over TLS only; `now` is the wall clock, by which tokens expire.
  init(
    _ watch: TokenWatch, limits: Server.Limits, isSecure: Bool,
    now: @escaping @Sendable () -> Timestamp
  ) {
    self.watch = watch
    self.isSecure = isSecure
    self.now = now
    let rate = Double(max(1, limits.requestsPerSecond))
    let failures = Double(max(1, limits.failuresPerMinute))
    state = Mutex(
      State(
        requests: RateLimiter(rate: rate, burst: rate * 2, capacity: 10_000),
        failures: RateLimiter(rate: failures / 60, burst: failures, capacity: 4096)))
  }

  /// One that asks nobody.
  convenience init(limits: Server.Limits, now: @escaping @Sendable () -> Timestamp) {
    let silent = Logger(label: "netmon") { _ in SwiftLogNoOpLogHandler() }
    let watch = TokenWatch(nil, isAsking: false, logger: silent)
    self.init(watch, limits: limits, isSecure: false, now: now)
  }

  /// Who has sent a request, if they may do what it takes; throws the 401, 403 or 429 otherwise.
  func caller(
    _ request: Request, from network: PeerNetwork, for need: Route.Access
  ) async throws -> Caller {
    if need == .open { return .anyone }
    let tokens = await watch.current()
    guard tokens.isAsking else { return .anyone }
    let caller: Caller
    switch Credentials(request.headers) {
    case .none: throw Problem.unauthorised("This server asks for a token.")
    case .bearer(let text):
      caller = .holder(try token(text, in: tokens.list, from: network), session: nil)
    case .sessions(let ids):
      caller = try holder(ids, in: tokens.list)
    }
    try admit(caller, to: need)
    return caller
  }

  /// Whether a caller that was let in would be let in now.
  func isStillIn(_ caller: Caller, _ tokens: TokenWatch.Reading) -> Bool {
    switch caller {
    case .anyone: return !tokens.isAsking
    case .holder(let token, let session):
      let isUsable = tokens.list.token(id: token.id)?.isUsable(at: now()) ?? false
      guard let session else { return isUsable }
      let now = now()
      return isUsable && state.withLock { $0.sessions.session(session, at: now) != nil }
    }
  }

  private func admit(_ caller: Caller, to need: Route.Access) throws(Problem) {
    guard case .holder(let token, let session) = caller else { return }
    let wait = state.withLock { $0.requests.take(token.id, at: .now) }
    if let wait { throw .tooMany("This token is used more often than the server allows.", wait) }
    switch need {
    case .open: break
    case .read:
      guard token.scope.reads else {
        throw Problem(.forbidden, "The token \(token.id) is not for reading (--scope read).")
      }
    case .ingest:
      // The page never writes, so that no other page can make it do so.
      guard session == nil, token.scope.ingestHost != nil else {
        throw Problem(
          .forbidden,
          session == nil
            ? "The token \(token.id) is not for sending records (--scope ingest --for-host NAME)."
            : "A page that has signed in may only read: sending takes a token (--scope ingest).")
      }
    }
  }

  // MARK: - Credentials

  /// The token that a text is; a wrong one counts against where it comes from.
  private func token(
    _ text: String, in list: TokenList, from network: PeerNetwork
  ) throws(Problem) -> Token {
    let digest = SecretDigest(of: text)
    let refusal: String
    if let token = list.token(of: digest) {
      switch token.obstacle(at: now()) {
      case nil: return token
      case .revoked: refusal = "The token \(token.id) was revoked."
      case .expired: refusal = "The token \(token.id) has expired."
      }
    } else {
      refusal = "The token is not one of this server."
    }
    // Whoever holds a good one is never refused for what others do at the same address.
    let wait = state.withLock { $0.failures.take(network, at: .now) }
    if let wait { throw .tooMany("Too many wrong tokens come from this address.", wait) }
    throw .unauthorised(refusal, isToken: true)
  }

  private func holder(_ ids: [String], in list: TokenList) throws(Problem) -> Caller {
    let now = now()
    for digest in ids.map({ SecretDigest(of: $0) }) {
      guard let session = state.withLock({ $0.sessions.session(digest, at: now) }),
        let token = list.token(id: session.tokenID), token.isUsable(at: now)
      else { continue }
      return .holder(token, session: digest)
    }
    var problem = Problem.unauthorised("The sign-in has ended.")
    problem.headers[.setCookie] = SessionCookie.removal(isSecure: isSecure)
    throw problem
  }
}

// MARK: - Signing in

extension Access {
  /// What a page is told of itself.
  struct Standing: Hashable, Sendable {
    /// Whether this server asks for tokens.
    var isAsking: Bool
    var token: Token?
    var expires: Timestamp?
  }

  /// Begins a session for the holder of a token that reads; returns the cookie for it.
  func signIn(
    _ text: String, from network: PeerNetwork
  ) async throws(Problem) -> (standing: Standing, cookie: String?) {
    let tokens = await watch.current()
    guard tokens.isAsking else { return (Standing(isAsking: false), nil) }
    let token = try token(text, in: tokens.list, from: network)
    try admit(.holder(token, session: nil), to: .read)
    var generator = SystemRandomNumberGenerator()
    let now = now()
    let (id, session) = state.withLock {
      $0.sessions.begin(for: token, at: now, using: &generator)
    }
    let seconds = session.expires.microseconds(since: now) / 1_000_000
    return (
      Standing(isAsking: true, token: token, expires: session.expires),
      SessionCookie.setting(id, seconds: seconds, isSecure: isSecure)
    )
  }

  /// Who is signed in, by the cookies of a request.
  func standing(_ request: Request) async -> Standing {
    let tokens = await watch.current()
    guard tokens.isAsking, case .sessions(let ids) = Credentials(request.headers),
      case .holder(let token, let digest?)? = try? holder(ids, in: tokens.list)
    else { return Standing(isAsking: tokens.isAsking) }
    let now = now()
    let session = state.withLock { $0.sessions.session(digest, at: now) }
    return Standing(isAsking: true, token: token, expires: session?.expires)
  }

  /// Ends the sessions of a request's cookies; returns the cookie that makes a browser forget them.
  func signOut(_ request: Request) -> String {
    if case .sessions(let ids) = Credentials(request.headers) {
      let digests = ids.map { SecretDigest(of: $0) }
      state.withLock { state in for digest in digests { state.sessions.end(digest) } }
    }
    return SessionCookie.removal(isSecure: isSecure)
  }
}

extension Problem {
  fileprivate static func unauthorised(_ detail: String, isToken: Bool = false) -> Problem {
    var problem = Problem(.unauthorized, detail)
    problem.headers[.wwwAuthenticate] =
      "Bearer realm=\"netmon\"" + (isToken ? ", error=\"invalid_token\"" : "")
    return problem
  }

  fileprivate static func tooMany(_ detail: String, _ wait: Duration) -> Problem {
    var problem = Problem(.tooManyRequests, detail)
    problem.headers[.retryAfter] = String(max(1, Int((wait / .seconds(1)).rounded(.up))))
    return problem
  }
}
