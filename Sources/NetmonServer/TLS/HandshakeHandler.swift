import NIOCore
import NIOSSL
import NIOTLS

/// Gives a handshake its time, and tells why one came to nothing.
///
/// It stands behind TLS, whose errors of the handshake end here: no request was begun.
final class HandshakeHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum State {
    case shaking
    /// Since when the connection is secure, without a byte of a request.
    case idle(since: NIODeadline)
    case used
  }

  private let limits: Server.Limits
  private let log: HandshakeLog
  private var state = State.shaking
  private var deadline: Scheduled<Void>?
  /// Kept, as a connection that has ended has none.
  private var peer: SocketAddress?
  /// Whether there is nothing more to count or tell of the connection.
  var isSettled = false

  init(_ limits: Server.Limits, _ log: HandshakeLog) {
    self.limits = limits
    self.log = log
  }

  func handlerAdded(context: ChannelHandlerContext) {
    peer = context.remoteAddress
    deadline = context.after(limits.handshakeTimeout) { [weak self] in
      self?.settle(.handshakeTimeout)
      context.close(promise: nil)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
      deadline?.cancel()
      state = .idle(since: .now())
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    state = .used
    context.fireChannelRead(wrapInboundOut(compact(unwrapInboundIn(data))))
  }

  /// TLS has room for two whole records in each of its buffers. Who holds on to a part of one, as the
  /// half of a request's head, would hold on to all of that.
  private func compact(_ bytes: ByteBuffer) -> ByteBuffer {
    guard bytes.readableBytes <= bytes.storageCapacity / 8 else { return bytes }
    return ByteBuffer(bytes: bytes.readableBytesView)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard case .shaking = state else {
      // Where a message of HTTP ends, HTTP says itself; many clients just close their connection.
      if error as? NIOSSLError != .uncleanShutdown { context.fireErrorCaught(error) }
      return
    }
    let failure = HandshakeFailure(error)
    settle(failure.refusesCertificate ? .certificateRefused : .handshakeFailed, failure)
  }

  func channelInactive(context: ChannelHandlerContext) {
    switch state {
    case .shaking: settle(.handshakeFailed, .left)
    // Browsers open connections ahead of need, but do not close them so soon.
    case .idle(let since) where .now() - since < .seconds(1): settle(.noRequest)
    case .idle, .used: break
    }
    context.fireChannelInactive()
  }

  /// Counts and tells what came of the connection, once.
  func settle(_ fault: ConnectionFault, _ failure: HandshakeFailure? = nil) {
    deadline?.cancel()
    guard !isSettled else { return }
    isSettled = true
    log.note(fault, from: peer, failure?.description)
  }
}
