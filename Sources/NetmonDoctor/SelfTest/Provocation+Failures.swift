internal import Glibc
internal import NetmonCore
internal import NetmonKernel

extension Provocation {
  /// Failures that loopback is enough for.
  static var failures: [Provocation] {
    let families: [ProbeSocket.Family] = [.ipv4, .ipv6]
    return ProbeSocket.Family.allCases.flatMap { [refused($0), refusedLater($0)] }
      + families.flatMap {
        [
          refusedBriefly($0), resetByPeer($0), brokenPipe($0), resetBeforeAccept($0),
          datagramRefused($0), portTaken($0),
        ]
      } + [refusedProgram, noPortLeft]
  }

  private static let refusal = ExpectedOutcome.kernel(.ECONNREFUSED, .handshake, .peer_reset)

  private static func refused(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "refused-\(family)") { scene throws(Obstacle) in
      let closed = try ProbeSocket.bound(family)
      let end = try closed.local
      let client = try ProbeSocket(family)
      try expect(client.connect(to: end), ECONNREFUSED, "connect")
      return Traces(
        told: "connect: ECONNREFUSED", expected: [scene.outbound(to: end, refusal)],
        open: [closed])
    }
  }

  private static func refusedLater(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "refused-nonblocking-\(family)") { scene throws(Obstacle) in
      let closed = try ProbeSocket.bound(family)
      let end = try closed.local
      let client = try ProbeSocket(family, isBlocking: false)
      let first = client.connect(to: end)
      if first == EINPROGRESS {
        try expect(client.awaitConnection(), ECONNREFUSED, "SO_ERROR")
      } else {
        try expect(first, ECONNREFUSED, "connect")
      }
      let later = first == EINPROGRESS ? "; SO_ERROR: ECONNREFUSED" : ""
      return Traces(
        told: "connect: \(errnoName(first))\(later)",
        expected: [scene.outbound(to: end, refusal)], open: [closed])
    }
  }

  /// By a process that lives for a millisecond.
  private static func refusedBriefly(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "refused-brief-\(family)", place: .newProcess) { scene throws(Obstacle) in
      let closed = try ProbeSocket.bound(family)
      let end = try closed.local
      let (child, error) = try connectInNewProcess(to: end, family)
      try expect(error, ECONNREFUSED, "connect")
      var expected = scene.outbound(to: end, refusal)
      expected.process = child
      return Traces(
        told: "connect in a new process: ECONNREFUSED", expected: [expected], open: [closed])
    }
  }

  /// By another program, which ends at once.
  private static var refusedProgram: Provocation {
    Provocation(name: "refused-program", place: .newProcess) { scene throws(Obstacle) in
      guard let shell = realpath("/bin/bash", nil) else {
        throw .missing("there is no /bin/bash, which would be run for it")
      }
      defer { free(shell) }
      let path = String(cString: shell)
      let closed = try ProbeSocket.bound(.ipv4)
      let end = try closed.local
      let (child, status) = try run([
        path, "-c", "exec 3<>/dev/tcp/\(end.address)/\(end.port)",
      ])
      guard status != 0 else { throw .surprise("\(path) was not refused") }
      var expected = scene.outbound(to: end, refusal)
      expected.process = child
      expected.path = path
      return Traces(told: "\(path): exit status \(status)", expected: [expected], open: [closed])
    }
  }

  private static func resetByPeer(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "reset-by-peer-\(family)") { scene throws(Obstacle) in
      let listener = try ProbeSocket.listening(family)
      let end = try listener.local
      let client = try connected(to: end, family)
      try acceptAndReset(listener, client)
      let answer = client.receiveByte()
      try expect(Int32(-answer), ECONNRESET, "recv")
      return Traces(
        told: "recv: ECONNRESET",
        expected: [
          scene.outbound(
            to: end, .kernel(.ECONNRESET, .established, .peer_reset), isEstablished: true),
          scene.inbound(at: end, .ownAbort),
        ], open: [listener])
    }
  }

  /// Takes one byte from the client, as a server would, and cuts it off.
  private static func acceptAndReset(
    _ listener: ProbeSocket, _ client: ProbeSocket
  ) throws(Obstacle) {
    let server = try listener.accept()
    try expect(client.sendByte(), 0, "send")
    guard server.receiveByte() == 1 else { throw .surprise("no byte came through") }
    server.resetOnClose()
  }

  /// The peer closes in order, then answers what still comes with a reset.
  private static func brokenPipe(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "broken-pipe-\(family)") { scene throws(Obstacle) in
      let listener = try ProbeSocket.listening(family)
      let end = try listener.local
      let client = try connected(to: end, family)
      _ = try listener.accept()
      guard client.receiveByte() == 0 else { throw .surprise("the stream did not end") }
      try expect(client.sendByte(), 0, "send")
      // The reset shows as a hang-up.
      guard client.isReady(for: 0) else { throw .surprise("no reset came") }
      try expect(client.sendByte(), EPIPE, "send")
      return Traces(
        told: "send: EPIPE",
        expected: [
          scene.outbound(to: end, .kernel(.EPIPE, .established, .peer_reset), isEstablished: true)
        ], open: [listener])
    }
  }

  private static func resetBeforeAccept(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "reset-before-accept-\(family)") { scene throws(Obstacle) in
      for _ in 0..<10 {
        let listener = try ProbeSocket.listening(family)
        let end = try listener.local
        let start = ContinuousClock.now
        try connected(to: end, family).resetOnClose()
        // A machine that is held up makes it look like one that was accepted.
        guard ContinuousClock.now - start < .milliseconds(8) else { continue }
        let server = try listener.accept()
        try expect(Int32(-server.receiveByte()), ECONNRESET, "recv")
        let aborted = ExpectedOutcome(
          error: .ECONNABORTED, stage: .accept, source: .inferred, cause: .peer_reset)
        return Traces(
          told: "accept: success; recv: ECONNRESET",
          expected: [
            scene.inbound(at: end, aborted),
            scene.outbound(to: end, .ownAbort, isEstablished: true),
          ], open: [listener])
      }
      throw .missing("this machine takes longer than 8 ms to connect to itself and close")
    }
  }

  private static func datagramRefused(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "udp-refused-\(family)") { scene throws(Obstacle) in
      let end = try ProbeSocket.bound(family, .datagram).local
      let client = try ProbeSocket(family, .datagram)
      try expect(client.connect(to: end), 0, "connect")
      try expect(client.sendByte(), 0, "send")
      try expect(Int32(-client.receiveByte()), ECONNREFUSED, "recv")
      return Traces(
        told: "recv: ECONNREFUSED",
        expected: [scene.outbound(to: end, .kernel(.ECONNREFUSED, .datagram, .icmp), over: .udp)],
        open: [client])
    }
  }
}

// MARK: - Ports

extension Provocation {
  /// Two sockets cannot connect from one port to the same peer.
  private static func portTaken(_ family: ProbeSocket.Family) -> Provocation {
    Provocation(name: "port-taken-\(family)") { scene throws(Obstacle) in
      let listener = try ProbeSocket.listening(family)
      let end = try listener.local
      let first = try shared(family, port: 0)
      try expect(first.connect(to: end), 0, "connect")
      let second = try shared(family, port: try first.local.port)
      try expect(second.connect(to: end), EADDRNOTAVAIL, "connect")
      let outcome = ExpectedOutcome(
        error: .EADDRNOTAVAIL, stage: .port, source: .inferred, cause: .no_ports)
      return Traces(
        told: "connect: EADDRNOTAVAIL",
        expected: [
          scene.outbound(to: end, outcome), scene.outbound(to: end, isEstablished: true),
        ], open: [listener, first])
    }
  }

  private static func shared(
    _ family: ProbeSocket.Family, port: UInt16
  ) throws(Obstacle) -> ProbeSocket {
    let socket = try ProbeSocket(family)
    _ = socket.set(SO_REUSEADDR, level: SOL_SOCKET, to: 1)
    try socket.bind(to: Endpoint(family.loopback, port))
    return socket
  }

  /// The range of ports to choose from is used up: it has one.
  private static var noPortLeft: Provocation {
    Provocation(name: "no-port-left") { scene throws(Obstacle) in
      let listener = try ProbeSocket.listening(.ipv4)
      let end = try listener.local
      let first = try connected(to: end, .ipv4)
      let port = Int32(try first.local.port)
      let second = try ProbeSocket(.ipv4)
      // The lowest and the highest, in one number (ip(7)).
      guard second.set(localPortRange, level: Int32(IPPROTO_IP), to: port << 16 | port) else {
        throw .missing("Linux 6.3 is needed to have one socket run out of ports")
      }
      try expect(second.connect(to: end), EADDRNOTAVAIL, "connect")
      return Traces(
        told: "connect: EADDRNOTAVAIL",
        expected: [
          scene.outbound(to: end, .kernel(.EADDRNOTAVAIL, .port, .no_ports)),
          scene.outbound(to: end, isEstablished: true),
        ], open: [listener, first])
    }
  }

  /// `IP_LOCAL_PORT_RANGE`, which Glibc's headers may lack.
  private static let localPortRange: Int32 = 51
}
