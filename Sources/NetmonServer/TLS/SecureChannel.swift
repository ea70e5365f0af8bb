import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Connections of HTTP within TLS.
///
/// HummingbirdTLS keeps one certificate for its life; this takes the current one for each connection,
/// and begins with what a client that does not speak TLS can be told.
struct SecureChannel: ServerChildChannel {
  typealias Value = HTTP1Channel.Value

  let http: HTTP1Channel
  let identity: CurrentIdentity
  let limits: Server.Limits
  let log: HandshakeLog

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let handshake = HandshakeHandler(limits, log)
      try channel.pipeline.syncOperations.addHandlers([
        TLSGate(identity, handshake), handshake,
      ])
    }.flatMap {
      http.setup(channel: channel, logger: logger)
    }
  }

  func handle(value: Value, logger: Logger) async {
    await http.handle(value: value, logger: logger)
  }
}
