package import HummingbirdCore
import Logging
import NIOCore

extension Server {
  /// What a connection is made of; without an identity it is plaintext.
  static func connections(
    _ limits: Limits, _ identity: CurrentIdentity?, _ meters: Meters, _ room: DeliveryRoom,
    logger: Logger
  ) -> HTTPServerBuilder {
    let http = http(limits, meters, room)
    guard let identity else { return .http1(configuration: http) }
    let log = HandshakeLog(meters, logger: logger)
    return HTTPServerBuilder { responder in
      SecureChannel(
        http: HTTP1Channel(responder: responder, configuration: http), identity: identity,
        limits: limits, log: log)
    }
  }

  /// How HTTP is spoken within a connection, for tests that have no socket.
  package static func http(_ limits: Limits) -> HTTP1Channel.Configuration {
    http(limits, Meters(), DeliveryRoom(limit: limits.untakenBytes))
  }

  /// How HTTP is spoken within connections, which share the room for what they send and receive.
  private static func http(
    _ limits: Limits, _ meters: Meters, _ room: DeliveryRoom
  ) -> HTTP1Channel.Configuration {
    let pending = PendingRoom(limits)
    let tarpit = Tarpit(capacity: limits.connections / 4, time: limits.silence)
    return HTTP1Channel.Configuration(
      additionalChannelHandlers: [
        FramingSetup(), ContinueHandler(), RequestDeadlineHandler(limits, meters),
        PendingHandler(meters, pending, tarpit), DeliveryHandler(limits, meters, room),
        BadRequestHandler(limits, meters),
      ],
      idleTimeout: TimeAmount(limits.idleTimeout),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: limits.headerCount))
  }
}
