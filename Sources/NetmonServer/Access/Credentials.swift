import HTTPTypes
import Hummingbird

/// What a request shows to be let in.
enum Credentials: Hashable, Sendable {
  case none
  /// What stands after `Bearer` (RFC 6750 §2.1).
  case bearer(String)
  /// What cookies of the page say. There may be several, as browsers do not tell the ports of a
  /// machine apart.
  case sessions([String])

  init(_ headers: HTTPFields) {
    if let field = headers[.authorization] {
      let parts = field.split(separator: " ", maxSplits: 1)
      let isBearer = parts.count == 2 && parts[0].lowercased() == "bearer"
      self = .bearer(isBearer ? String(parts[1].drop { $0 == " " }) : "")
      return
    }
    let start = SessionCookie.name + "="
    var ids: [String] = []
    for cookie in headers[values: .cookie].flatMap({ $0.split(separator: ";") }) {
      let cookie = cookie.drop { $0 == " " }
      if cookie.hasPrefix(start), ids.count < 8 {
        ids.append(String(cookie.dropFirst(start.count)))
      }
    }
    self = ids.isEmpty ? .none : .sessions(ids)
  }
}

/// The cookie of the page's sign-in.
enum SessionCookie {
  static let name = "netmon"

  /// What a browser is told to keep: for scripts out of reach, and for other sites (RFC 6265bis).
  static func setting(_ id: String, seconds: Int64, isSecure: Bool) -> String {
    "\(name)=\(id); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
      + (isSecure ? "; Secure" : "")
  }

  /// What makes a browser forget it.
  static func removal(isSecure: Bool) -> String {
    setting("", seconds: 0, isSecure: isSecure)
  }
}
