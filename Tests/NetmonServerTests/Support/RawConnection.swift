import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// A TCP connection that sends bytes as they are, for what no HTTP client would send.
enum RawConnection {
  /// Connects, within TLS if there is a context for it, and closes when `body` is through.
  static func with<Value>(
    port: Int, receiveBuffer: Int? = nil, secured context: NIOSSLContext? = nil,
    _ body: (inout Conversation) async throws -> Value
  ) async throws -> Value {
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    if let receiveBuffer {
      let option = ChannelOptions.socketOption(.so_rcvbuf)
      bootstrap = bootstrap.channelOption(option, value: SocketOptionValue(receiveBuffer))
    }
    let channel =
      try await bootstrap
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: "localhost"))
          }
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var conversation = Conversation(inbound: inbound.makeAsyncIterator(), outbound: outbound)
      return try await body(&conversation)
    }
  }

  struct Conversation {
    var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ""

    init(
      inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
      outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
      self.inbound = inbound
      self.outbound = outbound
    }

    func send(_ text: String) async throws {
      try await outbound.write(ByteBuffer(string: text))
    }

    /// Everything received since the last call, up to and with `end`, or to the connection's end.
    mutating func receive(upTo end: String) async throws -> String {
      while !received.contains(end), let bytes = try await inbound.next(isolation: #isolation) {
        received += String(buffer: bytes)
      }
      let cut = received.firstRange(of: end)?.upperBound ?? received.endIndex
      defer { received = String(received[cut...]) }
      return String(received[..<cut])
    }

    /// Up to so many bytes; fewer once `isEnough` of what there is.
    mutating func receive(
      bytes limit: Int, orWhen isEnough: (String) throws -> Bool
    ) async throws -> String {
      while received.utf8.count < limit, try !isEnough(received),
        let bytes = try await inbound.next(isolation: #isolation)
      {
        received += String(buffer: bytes)
      }
      return String(decoding: received.utf8.prefix(limit), as: UTF8.self)
    }

    /// Everything up to the connection's end, which the server must bring about. A reset is an end
    /// too: the kernel sends one when the server closes with bytes of ours unread.
    mutating func receiveToEnd() async throws -> String {
      do {
        while let bytes = try await inbound.next(isolation: #isolation) {
          received += String(buffer: bytes)
        }
      } catch let error as IOError where error.errnoCode == ECONNRESET {}
      return received
    }

    /// The status of the answer to a request that has no body. Of a connection that ended before
    /// the request was sent, the error by which it ended is thrown, not that it had.
    mutating func status(of request: String) async throws -> Int? {
      do {
        try await send(request)
      } catch let error as ChannelError where error == .ioOnClosedChannel {}
      let head = try await receive(upTo: "\r\n\r\n")
      return head.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
  }
}
