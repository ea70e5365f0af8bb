import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Keeps peers that send slowly from holding a connection, and with it a shutdown, for ever.
///
/// Hummingbird's idle timeout looks at whole connections: a body that trickles in never ends
/// for it.
final class RequestDeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: Server.Limits
  private let meters: Meters
  private var deadline: Scheduled<Void>?
  private var isLate = false

  init(_ limits: Server.Limits, _ meters: Meters) {
    self.limits = limits
    self.meters = meters
  }

  func handlerAdded(context: ChannelHandlerContext) {
    deadline = context.after(limits.headerTimeout) { [meters] in
      meters.countFault(.headerTimeout)
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      deadline?.cancel()
      deadline = context.after(limits.bodyTimeout) { [weak self] in self?.bodyIsLate(context) }
    case .body:
      break
    case .end:
      deadline?.cancel()
    }
    context.fireChannelRead(data)
  }

  /// Whoever reads the body gets the error and may answer; then there is nothing to wait for.
  private func bodyIsLate(_ context: ChannelHandlerContext) {
    isLate = true
    meters.countFault(.bodyTimeout)
    deadline = context.after(.seconds(10)) { context.close(promise: nil) }
    context.fireErrorCaught(BodyTimeout())
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard isLate, case .end = unwrapOutboundIn(data) else {
      return context.write(data, promise: promise)
    }
    let taken = promise ?? context.eventLoop.makePromise()
    taken.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    context.write(data, promise: taken)
  }
}

/// The request's body did not arrive in time.
struct BodyTimeout: Error {}

extension ChannelHandlerContext {
  /// Schedules something on this context's own event loop.
  func after(_ delay: Duration, _ action: @escaping () -> Void) -> Scheduled<Void> {
    eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay), action)
  }
}
