extension Server.Configuration {
  /// Whether programs of other machines could reach the server.
  var isExposed: Bool { Server.loopbackAddress(host) == nil }

  /// Throws ``ServerError/plaintextExposed(host:)`` where tokens and records would cross a network for
  /// everybody to read.
  func checkExposure() throws(ServerError) {
    guard isExposed, tls == nil, !allowsPlaintext else { return }
    throw .plaintextExposed(host: host)
  }
}
