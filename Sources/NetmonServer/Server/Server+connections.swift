import HummingbirdCore
import Logging
import NIOCore

extension Server {
  /// What a connection is made of; without an identity it is plaintext.
  static func connections(
    _ limits: Limits, _ identity: CurrentIdentity?, _ meters: Meters, _ room: DeliveryRoom,
    logger: Logger
  ) -> HTTPServerBuilder {
    let pending = PendingRoom(limits)
    let tarpit = Tarpit(capacity: limits.connections / 4, time: limits.silence)
    let http = HTTP1Channel.Configuration(
      additionalChannelHandlers: [
        FramingSetup(), ContinueHandler(), RequestDeadlineHandler(limits, meters),
        PendingHandler(meters, pending, tarpit), DeliveryHandler(limits, meters, room),
        BadRequestHandler(limits, meters),
      ],
      idleTimeout: TimeAmount(limits.idleTimeout),
      httpDecoderConfiguration: .init(
        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
        maxHeaderFieldCount: limits.headerCount))
    guard let identity else { return .http1(configuration: http) }
    let log = HandshakeLog(meters, logger: logger)
    return HTTPServerBuilder { responder in
      SecureChannel(
        http: HTTP1Channel(responder: responder, configuration: http), identity: identity,
        limits: limits, log: log)
    }
  }
}
