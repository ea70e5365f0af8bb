import NIOCore
import NIOHTTP1

/// Sends responses as the request's version of HTTP and its method want them framed.
///
/// Hummingbird's own messages know no version. To a request of HTTP/1.0 nothing is sent in chunks,
/// which that version does not have, and the connection is closed after the response (RFC 9112 §6.1,
/// §9.3). And a response to HEAD ends after its header fields, also where these announce chunks.
///
/// Of requests that are to be the last, Hummingbird knows those that say so in lower case. Others say it
/// in another way, or ask for another protocol, after which NIO's decoder reads no more.
final class FramingHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private struct Request {
    let isOld: Bool
    let isLast: Bool
    let isHead: Bool
  }

  /// Those that are not answered in full, the oldest first.
  private var requests: [Request] = []

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    let isOld = (head.version.major, head.version.minor) < (1, 1)
    let isSwitching = head.method == .CONNECT || head.headers.contains(name: "Upgrade")
    let isLast = isOld || isSwitching || !head.isKeepAlive
    requests.append(Request(isOld: isOld, isLast: isLast, isHead: head.method == .HEAD))
    if isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
    // That version has no interim responses (RFC 9110 §10.1.1).
    if isOld { head.headers.remove(name: "Expect") }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard let request = requests.first else { return context.write(data, promise: promise) }
    var part = unwrapOutboundIn(data)
    switch part {
    case .head(var head) where request.isLast && head.status != .continue:
      if request.isOld { head.version = .http1_0 }
      head.headers.replaceOrAdd(name: "Connection", value: "close")
      part = .head(head)
    case .end:
      requests.removeFirst()
      // The end of chunks would be the beginning of the next response.
      if request.isHead { part = .body(.byteBuffer(ByteBuffer())) }
    case .head, .body: break
    }
    context.write(wrapOutboundOut(part), promise: promise)
  }
}

/// Puts a ``FramingHandler`` where it sees the version of requests, before Hummingbird's own handlers.
final class FramingSetup: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    do {
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(FramingHandler(), position: .after(decoder))
    } catch {
      context.fireErrorCaught(error)
    }
  }
}
