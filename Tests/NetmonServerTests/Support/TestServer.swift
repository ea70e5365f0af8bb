import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NetmonCore
import NetmonStore
import Testing

@testable import NetmonServer

/// The moment at which the servers of all tests live.
let testNow = Timestamp("2026-11-22T12:00:00Z")!

/// Gives a server over a fresh store to `body`, and removes the store afterwards.
func withServer(
  _ setup: TestingSetup = .router, limits: Server.Limits = Server.Limits(),
  hostNames: [String] = [], tls: TLSFiles? = nil, tokens: TokenFile? = nil,
  _ body: @Sendable (TestServer) async throws -> Void
) async throws {
  try await withStore { store in
    var configuration = Server.Configuration(
      port: 0, hostNames: hostNames, limits: limits, now: { testNow })
    configuration.tls = tls
    configuration.tokenFile = tokens
    let server = try Server(configuration: configuration, store: store, logger: .silent)
    try await server.application.test(setup) { client in
      try await body(TestServer(client: client, store: store))
    }
  }
}

/// Gives a fresh store to `body`, and removes it afterwards.
func withStore(_ body: (Store) async throws -> Void) async throws {
  let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("netmon-server-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: directory) }
  try await body(Store(path: directory.appendingPathComponent("netmon.db").path))
}

extension Logger {
  static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

struct TestServer: Sendable {
  let client: any TestClientProtocol
  let store: Store

  func send(
    _ method: HTTPRequest.Method, _ uri: String, headers: HTTPFields = [:], body: [UInt8]? = nil
  ) async throws -> Reply {
    let response = try await client.executeRequest(
      uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) })
    return Reply(status: response.status.code, headers: response.headers, body: response.body)
  }

  func get(_ uri: String, headers: HTTPFields = [:]) async throws -> Reply {
    try await send(.get, uri, headers: headers)
  }

  /// Expects a GET to be answered with a status.
  func expect(
    _ status: Int, from uri: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let reply = try await get(uri)
    #expect(reply.status == status, "\(uri): \(reply.text)", sourceLocation: sourceLocation)
  }

  func post(
    _ body: String, to uri: String = "/api/connections", type: String? = "application/json",
    headers: HTTPFields = [:]
  ) async throws -> Reply {
    try await post(Array(body.utf8), to: uri, type: type, headers: headers)
  }

  func post(
    _ body: [UInt8], to uri: String = "/api/connections", type: String? = "application/json",
    headers: HTTPFields = [:]
  ) async throws -> Reply {
    var headers = headers
    headers[.contentType] = type
    return try await send(.post, uri, headers: headers, body: body)
  }
}

struct Reply {
  let status: Int
  let headers: HTTPFields
  let body: ByteBuffer

  var size: Int { body.readableBytes }
  var text: String { String(buffer: body) }
  var json: Any? { try? JSONSerialization.jsonObject(with: Data(body.readableBytesView)) }
  var object: [String: Any] { json as? [String: Any] ?? [:] }
  var array: [[String: Any]] { json as? [[String: Any]] ?? [] }
  var detail: String { object["detail"] as? String ?? "" }
  /// The pointers and details of `errors`.
  var mistakes: [(pointer: String, detail: String)] {
    (object["errors"] as? [[String: String]] ?? []).map {
      ($0["pointer"] ?? "", $0["detail"] ?? "")
    }
  }
  /// The target of `Link: <…>; rel="next"`.
  var next: String? {
    headers[.link].flatMap { link in
      guard link.hasPrefix("<"), link.hasSuffix(">; rel=\"next\"") else { return nil }
      return String(link.dropFirst().prefix { $0 != ">" })
    }
  }
}

/// `TestingSetup` as an argument of a test.
enum TestingSetupName: Sendable {
  case router, live

  var value: TestingSetup {
    switch self {
    case .router: .router
    case .live: .live
    }
  }
}
