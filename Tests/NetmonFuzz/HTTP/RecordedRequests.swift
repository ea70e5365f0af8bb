import Compression

/// Requests as clients send them: curl, collectors, browsers, scanners; and what no client should send.
struct RecordedRequests {
  let all: [[UInt8]]

  /// `records` are what a collector posts.
  init(_ records: [UInt8]) {
    let bodies = [
      Self.post(records.prefix(400), "Content-Type: application/x-ndjson"),
      Self.post(
        Gzip.compress(records)?[...] ?? [],
        "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip"),
      Self.post(
        Array(#"{"token":"x"}"#.utf8)[...],
        "Content-Type: application/json\r\nOrigin: http://localhost:8080\r\nCookie: netmon=a; b=c"),
    ]
    let texts = Self.whole + Self.pipelined + Self.wrong
    all = texts.map { Array($0.utf8) } + bodies
  }

  private static func post(_ body: ArraySlice<UInt8>, _ fields: String) -> [UInt8] {
    let head = """
      POST /api/connections HTTP/1.1\r\nHost: localhost:8080\r\n\(fields)\r\n\
      Authorization: Bearer netmon_0123456789abcdef\r\nContent-Length: \(body.count)\r\n\r\n
      """
    return Array(head.utf8) + body
  }

  private static let whole = [
    "GET / HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n",
    """
    GET /api/connections?q=error%3Aany%20process%3A%22a%20b%22&limit=100 HTTP/1.1\r\n\
    Host: [::1]:8080\r\nIf-None-Match: W/"1-abc", "x"\r\nCookie: netmon=0123; netmon=4567\r\n\
    Connection: keep-alive\r\n\r\n
    """,
    "HEAD /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "GET /api/export?format=csv HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
    "GET /api/stream HTTP/1.1\r\nHost: web-1\r\nLast-Event-ID: 7\r\nAccept: text/event-stream\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "DELETE /api/session HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n",
    """
    POST /api/gaps HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
    Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n\
    5;a=b\r\n[{"a"\r\n00a\r\n:1e5},null\r\n1\r\n]\r\n0\r\nX: y\r\n\r\n
    """,
    """
    POST /api/connections HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
    Content-Length: 2\r\nExpect: 100-continue\r\n\r\n[]
    """,
  ]

  private static let pipelined = [
    """
    GET /api/stats HTTP/1.1\r\nHost: a\r\n\r\nHEAD /api/hosts HTTP/1.1\r\nHost: a\r\n\r\n\
    GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n
    """,
    """
    \r\nGET /api/export HTTP/1.1\r\nHost: a\r\n\r\nPOST /api/hosts HTTP/1.1\r\nHost: a\r\n\
    Expect: 100-Continue\r\nContent-Length: 4\r\n\r\n1234GET /x HTTP/1.1\r\nHost: a\r\n\r\n
    """,
    "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n1",
  ]

  private static let wrong = [
    "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n\u{16}\u{3}\u{1}",
    """
    GET http://localhost:8080/a/../%2e%2E/b HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\
    Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n
    """,
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET / HTTP/1.1\r\nX: a\r\n b\r\nY:\t\r\nZ : c\r\nConnection: Close , te\r\n\r\n",
    """
    POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n\r\n\
    0\r\n\r\nGET /b HTTP/1.1\r\n\r\n
    """,
    "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcdefgh",
    "NONSENSE\r\n\r\n",
    "GET /?q=\(String(repeating: "%F0%9F%98%80", count: 80)) HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\n" + (0..<15).map { "X-\($0): 1\r\n" }.joined() + "\r\n",
  ]
}
