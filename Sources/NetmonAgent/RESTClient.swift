public import AsyncHTTPClient
import Foundation
import NetmonCore
import NIOCore
import NIOHTTP1
import NIOPosix

/// Speaks to a netmon server.
public struct RESTClient: Sendable {
  /// `http://host:port`, without a trailing slash.
  public let server: String
  /// The host and port of that URL.
  let host: String
  let port: Int
  /// The file with the CAs that the client trusts, to be named; nil are the system's.
  let authorities: String?
  let client: HTTPClient
  private let timeout: TimeAmount
  /// The token to show; nil shows none.
  private var credential: Credential?

  /// How the HTTP client should behave: it gives up at once on what does not work, as retrying is
  /// the caller's business, and stays with the server that it was given.
  public static var configuration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      // Within a stream the server says something every 15 seconds.
      timeout: .init(connect: .seconds(5), read: .seconds(45)))
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.httpVersion = .http1Only
    return configuration
  }

  /// The largest reply read; a page of 10,000 records is about 7 MB.
  static let maximumReply = 64 << 20

  /// A client for `server`, an `http` or `https` URL without query or fragment.
  ///
  /// `authorities` is the file that ``configuration(trusting:)`` was given.
  ///
  /// - Throws: ``RESTError/invalidURL(_:)``.
  public init(
    server: String, client: HTTPClient, authorities: String? = nil,
    timeout: Duration = .seconds(30)
  ) throws(RESTError) {
    guard let url = URL(string: server), let scheme = url.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let host = url.host(), !host.isEmpty,
      url.query() == nil, url.fragment() == nil, url.user() == nil
    else { throw .invalidURL(server) }
    self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
    self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    port = url.port ?? (scheme == "https" ? 443 : 80)
    self.authorities = authorities
    self.client = client
    self.timeout = .seconds(timeout.components.seconds)
  }

  /// The same client, which shows a token.
  public func authorized(by credential: Credential?) -> RESTClient {
    var client = self
    client.credential = credential
    return client
  }

  /// A reply to a GET: the body, and the address of the next page.
  struct Reply {
    var body: [UInt8]
    /// The target of `Link: <…>; rel="next"` (RFC 8288).
    var next: String?
  }

  /// Gets `path`, which starts with `/` and holds the encoded query.
  func get(_ path: String) async throws(RESTError) -> Reply {
    var request = HTTPClientRequest(url: server + path)
    request.headers.add(name: "Accept", value: "application/json")
    let (response, body) = try await send(request)
    return Reply(body: body, next: response.headers["Link"].first.flatMap(Self.nextLink))
  }

  // MARK: - Transport

  func send(
    _ request: HTTPClientRequest
  ) async throws(RESTError) -> (HTTPClientResponse, [UInt8]) {
    let response = try await open(request)
    return (response, try await body(of: response))
  }

  /// Sends a request and returns the reply, of which the body is still to come, if it is a good one.
  func open(_ request: HTTPClientRequest) async throws(RESTError) -> HTTPClientResponse {
    var response = try await execute(request)
    // The token may have been replaced since, also by one that is good for more.
    if [.unauthorized, .forbidden].contains(response.status), credential?.reload() == true {
      response = try await execute(request)
    }
    guard (200..<300).contains(response.status.code) else {
      throw refusal(response, try await body(of: response))
    }
    return response
  }

  private func execute(
    _ request: HTTPClientRequest
  ) async throws(RESTError) -> HTTPClientResponse {
    var request = request
    if let credential {
      request.headers.replaceOrAdd(name: "Authorization", value: credential.authorization)
    }
    do {
      return try await client.execute(request, timeout: timeout)
    } catch {
      if let error = await tlsError(error) { throw error }
      throw transportError(error)
    }
  }

  private func body(of response: HTTPClientResponse) async throws(RESTError) -> [UInt8] {
    do {
      return Array(buffer: try await response.body.collect(upTo: Self.maximumReply))
    } catch is NIOTooManyBytesError {
      throw .notNetmon(
        server: server, reason: "its reply is longer than \(Self.maximumReply) bytes")
    } catch {
      throw transportError(error)
    }
  }

  /// What it means that a request or its reply did not get through.
  func transportError(_ error: any Error) -> RESTError {
    if let error = error as? HTTPParserError, !error.isCut {
      let guess = server.lowercased().hasPrefix("http:") ? "; if it is TLS, https:// is meant" : ""
      return .notNetmon(server: server, reason: "it is not HTTP\(guess)")
    }
    return .unreachable(server: server, reason: Self.reason(error))
  }

  /// What a reply says that is not a good one.
  private func refusal(_ response: HTTPClientResponse, _ body: [UInt8]) -> RESTError {
    switch response.status {
    case .upgradeRequired:
      // A port that speaks TLS only (RFC 9110, 15.5.22).
      return .notSecure(server: server, reason: "it speaks TLS: https:// is meant")
    case .unauthorized:
      return .notAuthorised(
        server: server, detail: detail(body, response), tokenFile: credential?.path)
    case .forbidden:
      let reasons = reasons(body)
      return .forbidden(
        server: server,
        detail: terminalSafe(reasons.detail ?? response.status.reasonPhrase), place: reasons.place)
    default: break
    }
    let isProblem =
      response.headers.first(name: "Content-Type")?.hasPrefix("application/problem") == true
    guard isProblem else {
      // A proxy in between says these when the server behind it is away.
      if [408, 429, 500, 502, 503, 504].contains(response.status.code) {
        return .unavailable(
          status: Int(response.status.code), detail: detail(body, response),
          retryAfter: response.retryAfter)
      }
      return .notNetmon(server: server, reason: "\(response.status) without a problem+json body")
    }
    switch response.status.code {
    case 429, 500...:
      return .unavailable(
        status: Int(response.status.code), detail: detail(body, response),
        retryAfter: response.retryAfter)
    default:
      return .refused(status: Int(response.status.code), detail: detail(body, response))
    }
  }

  /// The `detail` of a problem+json body (RFC 9457), or the status in words.
  private func detail(_ body: [UInt8], _ response: HTTPClientResponse) -> String {
    let problem = try? JSONDecoder().decode(ProblemReply.self, from: Data(body))
    if let mistake = problem?.errors?.first {
      return terminalSafe("\(mistake.pointer ?? mistake.parameter ?? ""): \(mistake.detail)")
    }
    return terminalSafe(
      problem?.detail ?? problem?.title ?? response.status.reasonPhrase)
  }

  /// What a problem says in general and of its first mistake, and where in the body that is.
  private func reasons(_ body: [UInt8]) -> (detail: String?, place: String?) {
    let problem = try? JSONDecoder().decode(ProblemReply.self, from: Data(body))
    guard let detail = problem?.detail ?? problem?.title else { return (nil, nil) }
    guard let mistake = problem?.errors?.first, let place = mistake.pointer else {
      return (detail, nil)
    }
    return ("\(detail) (\(place): \(mistake.detail))", place)
  }

  /// A transport error in the words of the operating system where it has some.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError:
      return String(cString: strerror(error.errnoCode))
    case let error as NIOConnectionError:
      // A name may have several addresses, each with an error of its own.
      if let first = error.connectionErrors.first { return reason(first.error) }
      return "no address of that name is known"
    case let error as HTTPClientError:
      return error == .deadlineExceeded || error == .connectTimeout
        ? "no answer in time" : error.shortDescription
    case is CancellationError:
      return "stopped before it answered"
    default:
      return terminalSafe(String("\(error)".prefix(120)))
    }
  }

  /// The target of the `next` link of a `Link` header.
  package static func nextLink(_ header: String) -> String? {
    for link in header.split(separator: ",") {
      let parts = link.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
      guard let target = parts.first, target.hasPrefix("<"), target.hasSuffix(">"),
        parts.dropFirst().contains(where: { $0 == #"rel="next""# || $0 == "rel=next" })
      else { continue }
      return String(target.dropFirst().dropLast())
    }
    return nil
  }
}

extension HTTPParserError {
  /// Whether the connection ended within what may well be HTTP.
  fileprivate var isCut: Bool {
    switch self {
    case .invalidEOFState, .closedConnection: true
    default: false
    }
  }
}

extension HTTPClientResponse {
  /// Seconds to wait (RFC 9110, 10.2.3); nil where there is none, or it is a date.
  fileprivate var retryAfter: Int? {
    headers.first(name: "Retry-After").flatMap { Int($0) }
  }
}

/// Problem details (RFC 9457), as far as they are told on.
private struct ProblemReply: Decodable {
  var detail: String?
  var title: String?
  var errors: [Mistake]?

  struct Mistake: Decodable {
    var pointer: String?
    var parameter: String?
    var detail: String
  }
}
