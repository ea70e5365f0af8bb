import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Answers `Expect: 100-continue` (RFC 9110 §10.1.1), which Hummingbird does not.
///
/// Without it, curl waits a second before it sends a body of more than a megabyte. Clients that do not
/// wait for their responses are told to go on in turn: in between it would be a part of another one.
final class ContinueHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Requests that are not answered in full.
  private var unanswered = 0
  /// Whether the latest of them is to be told to go on.
  private var isExpected = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      unanswered += 1
      isExpected = head.headerFields[.expect]?.lowercased() == "100-continue"
      goOn(context)
    // Its body comes without.
    case .body, .end: isExpected = false
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    context.write(data, promise: promise)
    guard case .end = unwrapOutboundIn(data) else { return }
    unanswered -= 1
    goOn(context)
  }

  private func goOn(_ context: ChannelHandlerContext) {
    guard isExpected, unanswered == 1 else { return }
    isExpected = false
    let part = HTTPResponsePart.head(HTTPResponse(status: .continue))
    context.writeAndFlush(wrapOutboundOut(part), promise: nil)
  }
}
