import NetmonCore

/// A token as a line of the file: a JSON object.
extension Token {
  /// What is wrong with a line.
  struct LineError: Error, Hashable {
    let reason: String

    init(_ reason: String) {
      self.reason = reason
    }
  }

  private static let fields: Set<String> = [
    "id", "name", "read", "ingest", "created", "expires", "revoked", "sha256",
  ]

  init(line: [UInt8]) throws(LineError) {
    let document: JSONValue
    do throws(JSONError) {
      document = try JSONValue(line)
    } catch {
      throw LineError("not JSON at byte \(error.offset): \(error.reason)")
    }
    guard case .object(let members) = document else { throw LineError("not a JSON object") }
    // It might be a restriction, which must not be passed over.
    if let unknown = members.keys.sorted().first(where: { !Self.fields.contains($0) }) {
      throw LineError("the field \(quoted(unknown)) is not known to this version")
    }
    guard let id = members.text("id"), Self.isID(id) else {
      throw LineError("'id' is not eight hexadecimal digits")
    }
    guard let name = members.text("name") else { throw LineError("'name' is not a text") }
    guard case .boolean(let reads)? = members["read"] else {
      throw LineError("'read' is not true or false")
    }
    let host = members.text("ingest")
    guard host != nil || members["ingest"] == .null,
      let scope = Scope(reads: reads, ingestHost: host)
    else { throw LineError("'ingest' is not the name of a host, or the token is good for nothing") }
    guard let created = members.text("created").flatMap(Timestamp.init) else {
      throw LineError("'created' is not a time")
    }
    guard let digest = members.text("sha256").flatMap(SecretDigest.init(hexadecimal:)) else {
      throw LineError("'sha256' is not 64 hexadecimal digits")
    }
    self.init(
      id: id, name: name, scope: scope, created: created,
      expires: try members.time("expires"), revoked: try members.time("revoked"), digest: digest)
  }

  /// The line, with its end.
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", id)
      json.field("name", name)
      json.key("read")
      json.value(scope.reads)
      json.field("ingest", scope.ingestHost)
      json.field("created", created)
      json.field("expires", expires)
      json.field("revoked", revoked)
      json.field("sha256", digest.hexadecimal)
    }
    json.endLine()
  }

  private static func isID(_ text: String) -> Bool {
    text.utf8.count == 8 && text.utf8.allSatisfy { (48...57) ~= $0 || (97...102) ~= $0 }
  }
}

extension [String: JSONValue] {
  fileprivate func text(_ name: String) -> String? {
    guard case .string(let text)? = self[name] else { return nil }
    return text
  }

  /// A time, or null. One that is not there might have been left out by mistake.
  fileprivate func time(_ name: String) throws(Token.LineError) -> Timestamp? {
    if self[name] == .null { return nil }
    guard let time = text(name).flatMap(Timestamp.init) else {
      throw Token.LineError("'\(name)' is neither a time nor null")
    }
    return time
  }
}
