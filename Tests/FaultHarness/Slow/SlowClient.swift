import Compression
import Foundation
import NIOCore
import NIOTLS

/// How a client behaves that a server should not suffer from.
enum SlowClient: Int, CaseIterable, Sendable {
  /// Sends a header field now and then, and never the last.
  case headers
  /// Sends a byte of a body now and then.
  case body
  /// Asks for what is large, and takes nothing of it.
  case reader
  /// Says half of what begins a TLS handshake; without TLS half a request line.
  case handshake
  /// Sends what inflates to a thousand times its size.
  case bomb
  /// Sends JSON nested a hundred thousand times.
  case depth

  /// Those that hold a connection; the others are answered, and come again.
  static let holding: [SlowClient] = [.headers, .body, .reader, .handshake]

  /// What it sends first to a server that speaks TLS, or does not.
  func beginning(isSecure: Bool) -> [UInt8] {
    switch self {
    case .handshake where !isSecure: Array("GET /half".utf8)
    case .headers: Array("GET /api/stats HTTP/1.1\r\nHost: localhost\r\n".utf8)
    case .body: Array((post("application/json", length: 1_000_000) + "[").utf8)
    case .reader:
      Array("GET /api/connections?limit=10000 HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    // The head of a record, that of its message, and a part of that (RFC 8446 §4.1.2).
    case .handshake: [22, 3, 1, 0, 112, 1, 0, 0, 108, 3, 3, 1, 2, 3]
    case .bomb:
      Array(post("application/json", length: Self.charge.count, "gzip").utf8) + Self.charge
    case .depth:
      Array(post("application/json", length: Self.levels).utf8)
        + [UInt8](repeating: UInt8(ascii: "["), count: Self.levels)
    }
  }

  /// What it sends every second after that.
  var drip: String? {
    switch self {
    case .headers: "X-Slow: 1\r\n"
    case .body: " "
    case .reader, .handshake, .bomb, .depth: nil
    }
  }

  private static let levels = 100_000
  /// 200 MB of blanks, which JSON may begin with.
  private static let charge =
    Gzip.compress([UInt8](repeating: UInt8(ascii: " "), count: 200_000_000), level: 9) ?? []

  private func post(_ type: String, length: Int, _ coding: String = "identity") -> String {
    """
    POST /api/connections HTTP/1.1\r
    Host: localhost\r
    Content-Type: \(type)\r
    Content-Encoding: \(coding)\r
    Content-Length: \(length)\r
    \r

    """
  }
}

/// Does on a connection what its kind does.
final class SlowClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let client: SlowClient
  private let beginning: [UInt8]
  /// Whether to wait for the end of a handshake.
  private let isSecure: Bool
  private let onAnswer: (String) -> Void
  private var dripping: Scheduled<Void>?
  private var hasAnswer = false

  /// `onAnswer` is given the status that the server answered with.
  init(
    _ client: SlowClient, of crowdIsSecure: Bool, onAnswer: @escaping (String) -> Void
  ) {
    self.client = client
    beginning = client.beginning(isSecure: crowdIsSecure)
    isSecure = crowdIsSecure && client != .handshake
    self.onAnswer = onAnswer
  }

  func channelActive(context: ChannelHandlerContext) {
    if !isSecure { begin(context) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if isSecure, case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { begin(context) }
  }

  private func begin(_ context: ChannelHandlerContext) {
    if client == .reader {
      context.channel.setOption(.autoRead, value: false).assumeIsolated().whenComplete { _ in }
    }
    send(ByteBuffer(bytes: beginning), context)
    scheduleDrip(context)
  }

  private func scheduleDrip(_ context: ChannelHandlerContext) {
    guard let drip = client.drip else { return }
    dripping = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in
      self?.send(ByteBuffer(string: drip), context)
      self?.scheduleDrip(context)
    }
  }

  private func send(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !hasAnswer else { return }
    hasAnswer = true
    let bytes = unwrapInboundIn(data)
    let words = String(decoding: bytes.readableBytesView.prefix(16), as: UTF8.self)
      .split(separator: " ")
    onAnswer(words.count > 1 ? String(words[1]) : "?")
    if !SlowClient.holding.contains(client) { context.close(promise: nil) }
  }

  func channelInactive(context: ChannelHandlerContext) {
    dripping?.cancel()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
