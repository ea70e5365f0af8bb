internal import CLinux
internal import Glibc
internal import NetmonCore
internal import NetmonKernel

extension Provocation {
  /// What is no failure.
  static var successes: [Provocation] {
    let families: [ProbeSocket.Family] = [.ipv4, .ipv6]
    return families.flatMap { [success($0), accepted($0), ownAbort($0), datagrams($0)] }
      + [localSocket]
  }

  /// Both ends stay open, so that polling sees them too.
  private static func success(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "success-\(family)", lasts: true) { scene throws(Obstacle) in
      let listener = try ProbeSocket.listening(family)
      let end = try listener.local
      // Polling knows what is inbound by a listener that it has seen.
      if scene.pollingTime > 0 {
        _ = listener.isReady(for: POLLIN, milliseconds: scene.pollingTime)
      }
      let client = try connected(to: end, family)
      let server = try listener.accept()
      let peer = try client.local
      return Traces(
        told: "connect, accept: success",
        expected: [
          scene.outbound(to: end, isEstablished: true), scene.inbound(at: end, from: peer),
        ], open: [listener, client, server])
    }
  }

  /// A client that lives for a millisecond, accepted by another process.
  private static func accepted(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "accept-brief-\(family)", place: .newProcess) { scene throws(Obstacle) in
      let listener = try ProbeSocket.listening(family)
      let end = try listener.local
      let (child, error) = try connectInNewProcess(to: end, family)
      let server = try listener.accept()
      // The end of the stream: the client is gone.
      guard error == 0, server.receiveByte() == 0 else {
        throw .surprise("connect in a new process: \(errnoName(error))")
      }
      var client = scene.outbound(to: end, isEstablished: true)
      client.process = child
      return Traces(
        told: "connect in a new process, accept: success",
        expected: [client, scene.inbound(at: end)], open: [listener])
    }
  }

  private static func ownAbort(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "own-abort-\(family)") { scene throws(Obstacle) in
      let listener = try ProbeSocket.listening(family)
      let end = try listener.local
      let server = try abandoned(by: family, at: listener, end)
      let answer = server.receiveByte()
      guard answer == -Int(ECONNRESET) else {
        throw .surprise("recv after a reset returned \(answer)")
      }
      return Traces(
        told: "close with SO_LINGER 0; the other end: ECONNRESET",
        expected: [scene.outbound(to: end, .ownAbort, isEstablished: true)], open: [listener])
    }
  }

  /// The server's end of a connection in use, which the client has reset.
  private static func abandoned(
    by family: ProbeSocket.Family, at listener: ProbeSocket, _ end: Endpoint
  ) throws(Obstacle) -> ProbeSocket {
    let client = try connected(to: end, family)
    let server = try listener.accept()
    guard server.sendByte() == 0, client.receiveByte() == 1 else {
      throw .surprise("no byte came through")
    }
    client.resetOnClose()
    return server
  }

  private static func datagrams(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "udp-\(family)", lasts: true) { scene throws(Obstacle) in
      let server = try ProbeSocket.bound(family, .datagram)
      let end = try server.local
      let client = try ProbeSocket(family, .datagram)
      try expect(client.connect(to: end), 0, "connect")
      guard client.sendByte() == 0, server.receiveByte() == 1 else {
        throw .surprise("no datagram came through")
      }
      return Traces(
        told: "connect, send: success", expected: [scene.outbound(to: end, over: .udp)],
        open: [server, client])
    }
  }

  /// A connect(2) that has nothing to do with the network.
  private static var localSocket: Provocation {
    Provocation(name: "unix-socket", place: .newProcess) { _ throws(Obstacle) in
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "/nowhere".utf8) }
      var error: Int32 = 0
      let child = withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          linux_connect_in_new_process(
            $0, socklen_t(MemoryLayout<sockaddr_un>.size), Int32(SOCK_STREAM.rawValue), &error)
        }
      }
      guard child > 0 else { throw .kernel(.system(.fork, subject: "probe", errno: errno)) }
      return Traces(told: "connect: \(errnoName(error))", silent: [child])
    }
  }
}
