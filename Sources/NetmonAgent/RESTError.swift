/// Why a request to a netmon server did not give what was asked.
public enum RESTError: Error, Sendable {
  /// The text given as server is not `http://host[:port]` or `https://…`.
  case invalidURL(String)
  /// No connection, or it broke: nobody listens, no route, no answer in time.
  case unreachable(server: String, reason: String)
  /// There is no connection that both sides hold to be secure: the certificate is not accepted, or one
  /// of them does not speak TLS.
  case notSecure(server: String, reason: String)
  /// The server wants a token, or does not accept the one given (401, 403).
  case notAuthorised(server: String, detail: String)
  /// The server refused the request as wrong (other 4xx).
  case refused(status: Int, detail: String)
  /// The server could not serve it now (5xx, 429); seconds to wait if it said so.
  case unavailable(status: Int, detail: String, retryAfter: Int?)
  /// What answered is not a netmon server, or not one this version understands.
  case notNetmon(server: String, reason: String)
}

extension RESTError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidURL(let text):
      "'\(text)' is not a server URL like http://localhost:8080"
    case .unreachable(let server, let reason):
      "cannot reach the server \(server): \(reason); is 'netmon serve' running there?"
    case .notSecure(let server, let reason):
      "cannot connect to \(server): \(reason)"
    case .notAuthorised(let server, let detail):
      "\(server) does not let us in: \(detail)"
    case .refused(let status, let detail):
      "the server refused the request (\(status)): \(detail)"
    case .unavailable(let status, let detail, _):
      "the server cannot serve the request now (\(status)): \(detail)"
    case .notNetmon(let server, let reason):
      "\(server) does not answer like a netmon server: \(reason)"
    }
  }
}
