import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypesHTTP1
import struct NetmonServer.Server

/// A connection to the server without a socket: bytes go in and come out through the same handlers, in
/// the same order (`HTTP1Channel.setup`), and time passes when it is told to.
struct HTTPConnection {
  private let channel = EmbeddedChannel()
  private let responder: Responder

  /// Small enough for mutants to go beyond them.
  private static var limits: Server.Limits {
    var limits = Server.Limits()
    limits.headerBytes = 1024
    limits.headerCount = 16
    return limits
  }

  /// A connection whose requests are answered at that moment.
  init(answering moment: Responder.Moment) throws {
    let http = Server.http(Self.limits)
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = http.httpDecoder.maxHeaderFieldSize
    limits.maxHeaderListSize = http.httpDecoder.maxHeaderListSize
    limits.maxHeaderFieldCount = http.httpDecoder.maxHeaderFieldCount
    responder = Responder(moment)
    let pipeline = channel.pipeline.syncOperations
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withErrorHandling: false,
      withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
      withDecoderLimitConfiguration: limits)
    try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
    try pipeline.addHandlers(http.additionalChannelHandlers())
    let silent = Logger(label: "netmon") { _ in SwiftLogNoOpLogHandler() }
    try pipeline.addHandler(
      HTTPConnectionStateHandler(
        idleTimeout: http.idleTimeout.map { .nanoseconds($0.nanoseconds) }, logger: silent))
    try pipeline.addHandler(responder)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
  }

  /// Delivers the pieces, until the server closes.
  func deliver(_ pieces: some Sequence<ArraySlice<UInt8>>) throws {
    for piece in pieces where channel.isActive {
      try channel.writeInbound(ByteBuffer(bytes: piece))
    }
    responder.answerRest()
  }

  /// What came of the bytes so far.
  func outcome() throws(BrokenInvariant) -> Outcome {
    if let flaw = responder.flaw { throw BrokenInvariant(flaw) }
    var sent: [UInt8] = []
    while let part = try? channel.readOutbound(as: ByteBuffer.self) {
      sent += part.readableBytesView
    }
    var reader = ResponseReader(sent)
    let answers = try reader.responses(to: responder.answered, of: responder.requests)
    try require(
      answers.count == responder.answered.count, "\(answers.count) responses in place of others")
    return Outcome(
      requests: responder.requests, isRefused: responder.isRefused, isOpen: channel.isActive,
      statuses: answers)
  }

  /// Whether a request that comes now is read, or refused.
  func readsAnother() throws -> Bool {
    let count = responder.requests.count
    try deliver([Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)[...]])
    return responder.requests.count > count || responder.isRefused
  }

  /// Lets as much time pass as a request may take to arrive.
  func wait() {
    let limits = Self.limits
    let longest = limits.headerTimeout + limits.bodyTimeout + .seconds(11)
    channel.embeddedEventLoop.advanceTime(by: TimeAmount(longest))
  }

  var isOpen: Bool { channel.isActive }
  /// Whether a request began to arrive that is not there yet, or none has come at all.
  var isWaiting: Bool { responder.isWaiting }

  func end() { _ = try? channel.finish(acceptAlreadyClosed: true) }
}

/// What came of some bytes, however they were cut.
struct Outcome: Hashable {
  let requests: [Responder.Request]
  let isRefused: Bool
  let isOpen: Bool
  let statuses: [Int]

  /// Of several mistakes the one found first may depend on the cuts.
  var verdict: Outcome {
    Outcome(
      requests: requests, isRefused: isRefused, isOpen: isOpen,
      statuses: statuses.map { $0 == 431 ? 400 : $0 })
  }
}
