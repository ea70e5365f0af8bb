import HTTPTypes
import NetmonCore
import Testing

@testable import NetmonServer

/// Every route, asked in every way in which it may be refused. The questions are made from the
/// routes, so that a new one is among them by itself.
@Suite struct AccessMatrixTests {
  /// How a request differs from one that is in order.
  private enum Manner: CaseIterable {
    case rightToken, signedIn, noToken, wrongToken, wrongScope, revoked, expired, malformed, basic
    case wrongHost, foreignOrigin, wrongContentType
  }

  @Test func everyRouteIsAnsweredAsDesigned() async throws {
    let tokens = try TestTokens()
    var limits = Server.Limits()
    limits.failuresPerMinute = 1_000_000
    limits.requestsPerSecond = 1_000_000
    try await withRunningServer(limits: limits, tokens: tokens.file) { [limits] server in
      let routes = API(server.store, limits: limits, now: { testNow }).routes
      #expect(routes.count > 60)
      for route in routes {
        for manner in Manner.allCases {
          let cookie = try await Self.cookie(of: tokens.reader, from: server)
          let request = Self.request(for: route, manner, tokens, cookie)
          let head = try await RawConnection.with(port: server.address.port) { connection in
            try await connection.send(request)
            return try await connection.receive(upTo: "\r\n\r\n")
          }
          let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) }
          let expected = Self.status(of: route, manner)
          let title = "\(route.method) \(route.path), \(manner)"
          if let expected {
            #expect(status == expected, "\(title): \(head)")
          } else {
            // It is let in, and comes to what it asks for.
            let isAnswer = status.map { (200..<300).contains($0) || $0 == 404 } ?? false
            #expect(isAnswer, "\(title): \(head)")
          }
          #expect(
            route.outcomes.contains { $0.status.code == status }, "\(title): \(status ?? 0)")
          #expect(head.contains("WWW-Authenticate: Bearer") == (status == 401), "\(title)")
        }
      }
    }
  }

  /// What the answer must be; nil is whatever the route says to who may ask.
  private static func status(of route: Route, _ manner: Manner) -> Int? {
    let isChange = route.method != .get
    switch manner {
    case .rightToken: return nil
    case .signedIn: return route.access == .ingest ? 403 : nil
    case .noToken, .wrongToken, .revoked, .expired, .malformed, .basic:
      return route.access == .open ? nil : 401
    case .wrongScope: return route.access == .open ? nil : 403
    case .wrongHost: return 421
    case .foreignOrigin: return isChange ? 403 : nil
    case .wrongContentType: return route.body == nil ? nil : 415
    }
  }

  private static func request(
    for route: Route, _ manner: Manner, _ tokens: TestTokens, _ cookie: String
  ) -> String {
    var path = route.path.description
    for (name, value) in [("id", "1"), ("error", "ECONNREFUSED"), ("pid", "1")] {
      path.replace("{\(name)}", with: value)
    }
    let right = route.access == .ingest ? tokens.sender : tokens.reader
    let shown: String? =
      switch manner {
      case .noToken: nil
      case .signedIn: "Cookie: theme=dark; \(cookie)"
      case .wrongToken: "Authorization: Bearer netmon_\(String(repeating: "A", count: 43))"
      case .malformed: "Authorization: Bearer"
      case .basic: "Authorization: Basic \(right.secret.text)"
      case .wrongScope: bearer(route.access == .ingest ? tokens.reader : tokens.sender)
      case .revoked: bearer(tokens.revoked)
      case .expired: bearer(tokens.expired)
      case .rightToken, .wrongHost, .foreignOrigin, .wrongContentType: bearer(right)
      }
    var lines = ["\(route.method) \(path) HTTP/1.1"]
    lines.append("Host: \(manner == .wrongHost ? "rebound.example" : "localhost")")
    if let shown { lines.append(shown) }
    if manner == .foreignOrigin { lines.append("Origin: https://foreign.example") }
    var body = ""
    if let content = route.body?.content.first {
      // The sign-in is the one that takes no list.
      body =
        content.schema == .reference("SignIn")
        ? "{\"token\":\"\(tokens.reader.secret.text)\"}" : "[]"
      lines.append("Content-Type: \(manner == .wrongContentType ? "text/plain" : content.type)")
      lines.append("Content-Length: \(body.utf8.count)")
    }
    return (lines + ["", body]).joined(separator: "\r\n")
  }

  private static func bearer(_ made: TestTokens.Made) -> String {
    "Authorization: Bearer \(made.secret.text)"
  }

  /// The cookie that the sign-in gives; each signing out ends its own.
  private static func cookie(
    of made: TestTokens.Made, from server: RunningServer
  ) async throws -> String {
    let body = "{\"token\":\"\(made.secret.text)\"}"
    return try await RawConnection.with(port: server.address.port) { connection in
      try await connection.send(
        """
        POST /api/session HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        Content-Length: \(body.utf8.count)\r
        \r
        \(body)
        """)
      let head = try await connection.receive(upTo: "\r\n\r\n")
      return String(try #require(head.firstMatch(of: /Set-Cookie: (netmon=[^;]+);/)).1)
    }
  }
}
