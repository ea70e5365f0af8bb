import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// Sees to it that responses are taken: it gives clients that do so the time they need, some of it also
/// when the server shuts down, and lets go of clients that do not.
///
/// Hummingbird does neither: it closes as soon as a response is written, which cuts off what the
/// client has not taken, and waits for ever before that.
///
/// A stream of events has no end that would be worth waiting for: whoever follows it comes back.
final class DeliveryHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: Server.Limits
  private let meters: Meters
  private let room: DeliveryRoom
  private var deadline: Scheduled<Void>?
  private var end: Scheduled<Void>?
  /// Writes that the peer has not taken yet.
  private var pending = 0
  /// Whether to close when there are none left.
  private var isClosing = false
  private var isStreaming = false

  init(_ limits: Server.Limits, _ meters: Meters, _ room: DeliveryRoom) {
    self.limits = limits
    self.meters = meters
    self.room = room
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    end?.cancel()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is ChannelShouldQuiesceEvent {
      // A stream ends by itself, unless its client takes nothing.
      end = context.after(isStreaming ? .milliseconds(500) : limits.lastDelivery) {
        context.abort()
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func triggerUserOutboundEvent(
    context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
  ) {
    guard event is ResponseDropped else {
      return context.triggerUserOutboundEvent(event, promise: promise)
    }
    drop(context)
    promise?.succeed()
  }

  private func drop(_ context: ChannelHandlerContext) {
    meters.countFault(.responseDropped)
    context.abort()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    var size = 0
    switch unwrapOutboundIn(data) {
    case .head(let head):
      isStreaming = head.headerFields[.contentType] == EventStream.contentType
    case .body(let bytes): size = bytes.readableBytes
    case .end: break
    }
    let taken = promise ?? context.eventLoop.makePromise()
    pending += 1
    if pending == 1 { expectProgress(context) }
    if size > 0 { occupy(size, until: taken.futureResult, context) }
    taken.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.progress(context) }
    context.write(data, promise: taken)
  }

  /// Takes room for a part of a response until the client has taken it.
  private func occupy(
    _ size: Int, until taken: EventLoopFuture<Void>, _ context: ChannelHandlerContext
  ) {
    let connection = ObjectIdentifier(context.channel)
    let drop = NIOLoopBound({ [weak self] in self?.drop(context) }, eventLoop: context.eventLoop)
    room.add(size, of: connection) { drop.eventLoop.execute { drop.value() } }
    // The handler itself may be gone by then, its room must not stay taken.
    taken.whenComplete { [room] _ in room.remove(size, of: connection) }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .all, pending > 0, !isStreaming else {
      return context.close(mode: mode, promise: promise)
    }
    isClosing = true
    context.channel.closeFuture.cascade(to: promise)
  }

  private func progress(_ context: ChannelHandlerContext) {
    pending -= 1
    deadline?.cancel()
    guard pending == 0 else { return expectProgress(context) }
    if isClosing { context.close(promise: nil) }
  }

  private func expectProgress(_ context: ChannelHandlerContext) {
    deadline = context.after(limits.responseTimeout) { [meters] in
      meters.countFault(.responseTimeout)
      context.abort()
    }
  }
}

/// Tells a connection that others need the room of its response.
struct ResponseDropped: Sendable {}
