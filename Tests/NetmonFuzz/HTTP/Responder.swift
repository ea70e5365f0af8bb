import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers requests as Hummingbird does (`HTTPChannelHandler.handleHTTP`), but for its tasks: one after
/// the other, none after the one that is to be the last, and once what is not HTTP.
final class Responder: ChannelInboundHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundOut = HTTPResponsePart

  /// When a request is answered.
  enum Moment: CaseIterable {
    /// Before its body is read, as one for which there is no route.
    case head
    /// When it is whole.
    case end
    /// When all else has come.
    case late
  }

  /// A request as a route sees it.
  struct Request: Hashable {
    let method: String
    let target: String?
    let authority: String?
    let fields: [String]
    var body: [UInt8] = []
    var isWhole = false

    /// Whether its client asked to be told to send the body.
    var waitsToGoOn: Bool { fields.contains { $0.lowercased() == "expect: 100-continue" } }
  }

  /// To what a response was written.
  struct Answered {
    let isHead: Bool
    let isRefusal: Bool
  }

  private let moment: Moment
  private var context: ChannelHandlerContext?
  private var parts = CircularBuffer<HTTPRequestPart>()
  private var mistake: HTTPParserError?
  private var head: HTTPRequest?
  private var isClosed = false
  /// Whether the last part that came was not the end of a request.
  private(set) var isWaiting = true
  private(set) var isRefused = false
  private(set) var requests: [Request] = []
  private(set) var answered: [Answered] = []
  /// What must not be, if it was.
  private(set) var flaw: String?

  init(_ moment: Moment) { self.moment = moment }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if case .end = part { isWaiting = false } else { isWaiting = true }
    if mistake != nil { flaw = "a part behind what could not be read" }
    parts.append(part)
    if moment != .late { readOn(context) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError, mistake == nil else { return }
    mistake = error
    if moment != .late { readOn(context) }
  }

  /// Answers what was not answered when it came.
  func answerRest() {
    if let context { readOn(context) }
  }

  private func readOn(_ context: ChannelHandlerContext) {
    while !isClosed, let part = parts.popFirst() { take(part, context) }
    if !isClosed, mistake != nil, !isRefused {
      isRefused = true
      write(
        HTTPResponse(
          status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"]),
        body: nil, context)
      answered.append(Answered(isHead: head?.method == .head, isRefusal: true))
      close(context)
    }
  }

  private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
    switch (part, head) {
    case (.head(let head), nil):
      self.head = head
      requests.append(
        Request(
          method: head.method.rawValue, target: head.path, authority: head.authority,
          fields: head.headerFields.map { "\($0.name.canonicalName): \($0.value)" }))
      if moment == .head { answer(head, context) }
    case (.body(let bytes), .some):
      requests[requests.count - 1].body += bytes.readableBytesView
    case (.end, .some(let head)):
      self.head = nil
      requests[requests.count - 1].isWhole = true
      if moment != .head { answer(head, context) }
    default: flaw = "a part of a request out of its turn"
    }
  }

  /// By turns with a length and in chunks.
  private func answer(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
    var response = HTTPResponse(status: .ok)
    if answered.count % 2 == 0 { response.headerFields[.contentLength] = "6" }
    let isHead = request.method == .head
    write(response, body: isHead ? nil : ByteBuffer(string: "answer"), context)
    answered.append(Answered(isHead: isHead, isRefusal: false))
    if request.headerFields[.connection] == "close" { close(context) }
  }

  private func write(_ head: HTTPResponse, body: ByteBuffer?, _ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if let body { context.write(wrapOutboundOut(.body(body)), promise: nil) }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  private func close(_ context: ChannelHandlerContext) {
    isClosed = true
    context.close(promise: nil)
  }
}
