/// Why a request to a netmon server did not give what was asked.
public enum RESTError: Error, Sendable {
  /// The text given as server is not `http://host[:port]` or `https://…`.
  case invalidURL(String)
  /// No connection, or it broke: nobody listens, no route, no answer in time.
  case unreachable(server: String, reason: String)
  /// There is no connection that both sides hold to be secure: the certificate is not accepted, or one
  /// of them does not speak TLS.
  case notSecure(server: String, reason: String)
  /// The server wants a token, or does not accept that of the file (401).
  case notAuthorised(server: String, detail: String, tokenFile: String?)
  /// The token is not for this (403); `place` is the JSON pointer to what of the body it is not for.
  case forbidden(server: String, detail: String, place: String?)
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
    case .notAuthorised(let server, let detail, nil):
      """
      \(server) does not let us in (\(detail.withoutEnd)): 'netmon token create' on that machine makes \
      a token, and --token-file or NETMON_TOKEN_FILE names the file that holds it
      """
    case .notAuthorised(let server, let detail, let file?):
      """
      \(server) does not accept the token of \(file) (\(detail.withoutEnd)): 'netmon token create' on \
      that machine makes another one
      """
    case .forbidden(let server, let detail, _):
      """
      \(server) does not allow that: \(detail.withoutEnd); 'netmon token create' on that machine makes \
      a token for it
      """
    case .refused(let status, let detail):
      "the server refused the request (\(status)): \(detail)"
    case .unavailable(let status, let detail, _):
      "the server cannot serve the request now (\(status)): \(detail)"
    case .notNetmon(let server, let reason):
      "\(server) does not answer like a netmon server: \(reason)"
    }
  }
}

extension String {
  /// A sentence as it stands within another.
  fileprivate var withoutEnd: String { hasSuffix(".") ? String(dropLast()) : self }
}
