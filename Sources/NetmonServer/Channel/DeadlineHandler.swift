import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Keeps slow or stuck peers from holding a connection, and with it a shutdown, for ever.
///
/// Hummingbird's idle timeout looks at whole connections: a body that trickles in, or a response
/// that nobody takes, never ends for it.
final class DeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: Server.Limits
  private var request: Scheduled<Void>?
  private var response: Scheduled<Void>?

  init(_ limits: Server.Limits) {
    self.limits = limits
  }

  func handlerAdded(context: ChannelHandlerContext) {
    request = schedule(context, limits.headerTimeout) { $0.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    request?.cancel()
    response?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      request?.cancel()
      request = schedule(context, limits.bodyTimeout) { [unowned self] in bodyIsLate($0) }
    case .body:
      break
    case .end:
      request?.cancel()
    }
    context.fireChannelRead(data)
  }

  /// Whoever reads the body gets the error and may answer; then there is nothing to wait for.
  private func bodyIsLate(_ context: ChannelHandlerContext) {
    request = schedule(context, .seconds(1)) { $0.close(promise: nil) }
    context.fireErrorCaught(BodyTimeout())
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
    response = schedule(context, limits.responseTimeout) { $0.close(promise: nil) }
    let taken = promise ?? context.eventLoop.makePromise()
    taken.futureResult.assumeIsolated().whenComplete { [response] _ in response?.cancel() }
    context.write(data, promise: taken)
  }

  private func schedule(
    _ context: ChannelHandlerContext, _ delay: Duration,
    _ action: @escaping (ChannelHandlerContext) -> Void
  ) -> Scheduled<Void> {
    context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { action(context) }
  }
}

/// The request's body did not arrive in time.
struct BodyTimeout: Error {}
