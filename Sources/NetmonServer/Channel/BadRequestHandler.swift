import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NetmonCore

/// Gives a request that cannot be read an answer that says why.
///
/// Hummingbird answers it before any route, with a bare 400.
final class BadRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: Server.Limits
  private let meters: Meters
  private var error: HTTPParserError?

  init(_ limits: Server.Limits, _ meters: Meters) {
    self.limits = limits
    self.meters = meters
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What arrives after the mistake is an error of another kind, and no news.
    if let error = error as? HTTPParserError { self.error = error }
    context.fireErrorCaught(error)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard let error, case .head(let bare) = unwrapOutboundIn(data), bare.status == .badRequest,
      bare.headerFields[.contentLength] == "0"
    else { return context.write(data, promise: promise) }
    self.error = nil
    meters.countFault(.malformed)
    let problem = problem(error)
    let body = ByteBuffer(bytes: problem.json.bytes)
    var head = bare
    head.status = problem.status
    for field in HTTPFields.security { head.headerFields[field.name] = field.value }
    head.headerFields[.contentType] = Problem.mediaType
    head.headerFields[.contentLength] = "\(body.readableBytes)"
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(body)), promise: promise)
  }

  private func problem(_ error: HTTPParserError) -> Problem {
    switch error {
    case .headerOverflow:
      // The parser does not tell which of them it was.
      Problem(
        .requestHeaderFieldsTooLarge,
        """
        The request's target and header fields are larger than \(limits.headerBytes) bytes \
        together, or more than \(limits.headerCount) fields.
        """)
    default: Problem(.badRequest, "The request is not sent as HTTP asks: \(error).")
    }
  }
}
