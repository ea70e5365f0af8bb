import HTTPTypes
import NIOCore
import NIOSSL
import NetmonCore

/// Looks at the first byte of a connection: with TLS it goes on, and anything else is sent away.
///
/// TLS costs memory only once a client has begun with it. One that speaks HTTP is told what to do,
/// as people type addresses by hand.
final class TLSGate: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State {
    case waiting, secure, refusing
  }

  private let identity: CurrentIdentity
  private let handshake: HandshakeHandler
  private var state = State.waiting

  init(_ identity: CurrentIdentity, _ handshake: HandshakeHandler) {
    self.identity = identity
    self.handshake = handshake
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch state {
    case .secure: context.fireChannelRead(data)
    case .refusing: break
    case .waiting:
      let buffer = unwrapInboundIn(data)
      guard let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return }
      if first == Self.handshakeRecord {
        begin(context, with: data)
      } else {
        refuse(context, inWords: Self.letters.contains(first))
      }
    }
  }

  /// The type of a TLS record with a handshake message (RFC 8446 §5.1).
  private static let handshakeRecord: UInt8 = 22
  /// With which methods of HTTP begin.
  private static let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")

  private func begin(_ context: ChannelHandlerContext, with data: NIOAny) {
    state = .secure
    var configuration = NIOSSLServerHandler.Configuration()
    // By itself it would keep for its life what the largest response took.
    configuration.maximumPreservedOutboundBufferCapacity = 32 << 10
    let tls = NIOSSLServerHandler(context: identity.value.context, configuration: configuration)
    do {
      let pipeline = context.pipeline.syncOperations
      try pipeline.addHandler(tls, position: .before(handshake))
      context.fireChannelRead(data)
    } catch {
      context.fireErrorCaught(error)
      context.close(promise: nil)
    }
  }

  private func refuse(_ context: ChannelHandlerContext, inWords: Bool) {
    state = .refusing
    handshake.settle(.plaintext)
    guard inWords else { return context.close(promise: nil) }
    // Closing with bytes of the client unread would make the kernel take the answer back.
    _ = context.after(.seconds(1)) { context.close(promise: nil) }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Self.answer)), promise: nil)
    context.close(mode: .output, promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .refusing = state, event as? ChannelEvent == .inputClosed {
      return context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// 426 says which protocol to change to (RFC 9110 §15.5.22, RFC 2817 §4.2).
  private static var answer: String {
    let problem = Problem(
      .init(code: 426, reasonPhrase: "Upgrade Required"),
      "This port speaks TLS: ask for https:// instead of http://.")
    let body = problem.json.bytes
    return """
      HTTP/1.1 426 Upgrade Required\r
      Upgrade: TLS/1.2, HTTP/1.1\r
      Connection: Upgrade, close\r
      Content-Type: \(Problem.mediaType)\r
      Content-Length: \(body.count)\r
      \r
      \(String(decoding: body, as: UTF8.self))
      """
  }
}
