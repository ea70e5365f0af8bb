import Glibc

/// A listener, its client and what it accepted, all three held by the test itself.
struct TCPPair {
  let listener: TCPSocket
  let accepted: TCPSocket
  private(set) var client: TCPSocket?
  /// The address of the client, also after the reset.
  let clientAddress: String

  init(over family: TCPSocket.Family = .ipv4) throws {
    listener = try .listening(over: family)
    let client = try TCPSocket.connected(to: listener)
    accepted = try listener.accept()
    clientAddress = client.address
    self.client = client
  }

  /// Ends the connection; the listener stays.
  mutating func reset() {
    client = nil
  }

  /// The terms of the filter language for the three, and for nothing else.
  var filter: [String] { ["pid:\(getpid())", "port:\(listener.port)"] }
}
