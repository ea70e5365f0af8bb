import Foundation

/// Connections of this process to itself, open until the end of its life.
final class OpenConnections {
  let count: Int
  private let port: UInt16
  private var sockets: [Int32] = []

  init(_ count: Int) throws {
    self.count = count
    let (listener, port) = try Loopback.listen()
    self.port = port
    sockets.append(listener)
    for _ in 0..<count {
      sockets.append(try Loopback.connect(port: port))
      let accepted = accept(listener, nil, nil)
      guard accepted >= 0 else { throw FaultError.system("accept", errno: errno) }
      sockets.append(accepted)
    }
  }

  deinit {
    for socket in sockets { close(socket) }
  }

  /// How many of them a server has a record of. Others to the same port have ended.
  func recorded(by server: UInt16) throws -> Int {
    try HTTP.objects(
      "/api/connections?remote=127.0.0.1:\(port)&direction=outbound&state=ESTABLISHED",
      port: server
    ).count
  }
}
