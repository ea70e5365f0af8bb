internal import CLinux
internal import Glibc
internal import NetmonCore
internal import NetmonKernel

extension Provocation {
  /// Failures that take routes and hosts of their own.
  static var laboratory: [Provocation] {
    let families: [ProbeSocket.Family] = [.ipv4, .ipv6]
    return families.flatMap { family in
      [
        route(
          "no-route", .elsewhere, family, ENETUNREACH, .kernel(.ENETUNREACH, .route, .no_route)),
        unreachable(family),
        route("prohibited", .prohibited, family, EACCES, .kernel(.EACCES, .route, .prohibited)),
        route("blackhole", .blackhole, family, EINVAL, .kernel(.EINVAL, .route, .no_route)),
        neighbour(family), timeout(family), gaveUp(family), aborted(family),
        slowerFamily(family), datagramWithoutRoute(family),
      ]
    } + [lateTimeout]
  }

  /// Classes with the same destination need ports of their own, counted from `offset`.
  private static func inLaboratory(
    _ name: String, _ destination: Laboratory.Destination, _ family: ProbeSocket.Family,
    port offset: UInt16 = 0,
    _ perform: @escaping @Sendable (Scene, Endpoint) throws(Obstacle) -> Traces
  ) -> Provocation {
    Provocation(name: "\(name)-\(family)", place: .laboratory) { scene throws(Obstacle) in
      guard family != .ipv6 || scene.hasIPv6 else { throw .missing("there is no IPv6 here") }
      return try perform(
        scene, Endpoint(destination.address(family), scene.laboratoryPort + offset))
    }
  }

  /// connect(2) fails at once, and no packet is sent.
  private static func route(
    _ name: String, _ destination: Laboratory.Destination, _ family: ProbeSocket.Family,
    _ errno: Int32, _ outcome: ExpectedOutcome
  ) -> Provocation {
    inLaboratory(name, destination, family) { scene, end throws(Obstacle) in
      let client = try ProbeSocket(family)
      let error = client.connect(to: end)
      try expect(error, errno, "connect")
      return Traces(
        told: "connect: \(errnoName(error))",
        expected: [scene.outbound(to: end, outcome)])
    }
  }

  private static func unreachable(_ family: ProbeSocket.Family) -> Provocation {
    var outcome = ExpectedOutcome.kernel(.EHOSTUNREACH, .route, .no_route)
    // The tracepoint has one error for no route and for this one (docs/errors.md, ENETUNREACH).
    if family == .ipv6 { outcome.alternative = .ENETUNREACH }
    return route("unreachable", .unreachable, family, EHOSTUNREACH, outcome)
  }

  /// Nobody answers ARP or neighbour discovery, for about three seconds.
  private static func neighbour(_ family: ProbeSocket.Family) -> Provocation {
    inLaboratory("no-neighbour", .absent, family) { scene, end throws(Obstacle) in
      let client = try ProbeSocket(family)
      try expect(client.connect(to: end), EHOSTUNREACH, "connect")
      return Traces(
        told: "connect: EHOSTUNREACH",
        expected: [scene.outbound(to: end, .kernel(.EHOSTUNREACH, .handshake, .icmp))])
    }
  }

  private static func timeout(_ family: ProbeSocket.Family) -> Provocation {
    inLaboratory("timeout", .silent, family, port: 1) { scene, end throws(Obstacle) in
      let client = try ProbeSocket(family)
      guard client.set(TCP_SYNCNT, level: Int32(IPPROTO_TCP), to: 1) else {
        throw .missing("the number of SYNs cannot be set")
      }
      try expect(client.connect(to: end), ETIMEDOUT, "connect")
      return Traces(
        told: "connect: ETIMEDOUT",
        expected: [scene.outbound(to: end, .kernel(.ECONNTIMEOUT, .handshake, .timeout))])
    }
  }

  /// The other end of a connection is gone, and the application wants to know after a second.
  ///
  /// Only over IPv4: that an IPv6 address goes disturbs the neighbour discovery of others.
  private static var lateTimeout: Provocation {
    let family = ProbeSocket.Family.ipv4
    return inLaboratory("timeout-established", .vanishing, family) { scene, end throws(Obstacle) in
      let listener = try ProbeSocket(family)
      try listener.listen(at: end)
      let client = try connected(to: end, family)
      guard client.set(TCP_USER_TIMEOUT, level: Int32(IPPROTO_TCP), to: 1000) else {
        throw .missing("TCP_USER_TIMEOUT cannot be set")
      }
      do throws(KernelError) {
        try Laboratory.vanish()
      } catch {
        throw .kernel(error)
      }
      try expect(client.sendByte(), 0, "send")
      try expect(Int32(-client.receiveByte()), ETIMEDOUT, "recv")
      return Traces(
        told: "recv: ETIMEDOUT",
        expected: [
          scene.outbound(
            to: end, .kernel(.ECONNTIMEOUT, .established, .timeout), isEstablished: true)
        ], open: [listener])
    }
  }

  /// The application has a shorter patience than the kernel.
  private static func gaveUp(_ family: ProbeSocket.Family) -> Provocation {
    inLaboratory("gave-up", .silent, family, port: 2) { scene, end throws(Obstacle) in
      let client = try ProbeSocket(family, isBlocking: false)
      try expect(client.connect(to: end), EINPROGRESS, "connect")
      guard !client.isReady(for: POLLOUT, milliseconds: 1200) else {
        throw .surprise("SO_ERROR: \(errnoName(client.pendingError))")
      }
      let outcome = ExpectedOutcome(
        error: .ECONNTIMEOUT, stage: .handshake, source: .application, cause: .gave_up)
      return Traces(
        told: "connect: EINPROGRESS; close after 1.2 s",
        expected: [scene.outbound(to: end, outcome)])
    }
  }

  private static func aborted(_ family: ProbeSocket.Family) -> Provocation {
    inLaboratory("cancelled", .silent, family, port: 3) { scene, end throws(Obstacle) in
      let client = try ProbeSocket(family, isBlocking: false)
      try expect(client.connect(to: end), EINPROGRESS, "connect")
      let outcome = ExpectedOutcome(
        error: .ECONNABORTED, stage: .handshake, source: .application, cause: .local_abort)
      return Traces(
        told: "connect: EINPROGRESS; close at once", expected: [scene.outbound(to: end, outcome)])
    }
  }

  /// One of two attempts is dropped, as the other won (RFC 8305): no failure.
  private static func slowerFamily(_ family: ProbeSocket.Family) -> Provocation {
    inLaboratory("happy-eyeballs", .silent, family, port: 4) { scene, end throws(Obstacle) in
      let other: ProbeSocket.Family = family == .ipv4 && scene.hasIPv6 ? .ipv6 : .ipv4
      let slow = try ProbeSocket(family, isBlocking: false)
      let listener = try ProbeSocket(other)
      let winner = Endpoint(other.loopback, end.port)
      try listener.listen(at: winner)
      try expect(slow.connect(to: end), EINPROGRESS, "connect")
      let fast = try connected(to: winner, other)
      return Traces(
        told: "connect: EINPROGRESS and success; close of the first",
        expected: [
          scene.outbound(to: end, .ownAbort), scene.outbound(to: winner, isEstablished: true),
        ], open: [listener, fast])
    }
  }

  private static func datagramWithoutRoute(_ family: ProbeSocket.Family) -> Provocation {
    inLaboratory("udp-no-route", .elsewhere, family) { scene, end throws(Obstacle) in
      let client = try ProbeSocket(family, .datagram)
      try expect(client.connect(to: end), ENETUNREACH, "connect")
      let outcome = ExpectedOutcome.kernel(.ENETUNREACH, .route, .no_route)
      return Traces(
        told: "connect: ENETUNREACH", expected: [scene.outbound(to: end, outcome, over: .udp)])
    }
  }
}
