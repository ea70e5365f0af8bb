import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Asks a server for its certificates, to tell what is wrong with them, and leaves before anything is
/// said to it.
///
/// A client that refuses a certificate learns from BoringSSL only that it did.
enum CertificateProbe {
  /// The chain that a server shows, its own certificate first; empty if there is none to be had.
  static func chain(
    host: String, port: Int, group: any EventLoopGroup
  ) async -> [PresentedCertificate] {
    let shown = Shown()
    // It verifies nothing, so it needs no CAs, which take long to read.
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates([])
    guard let context = try? NIOSSLContext(configuration: configuration) else { return [] }
    let channel = try? await ClientBootstrap(group: group)
      .connectTimeout(.seconds(5))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          // An address is no name to ask for (RFC 6066 §3).
          let name = (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
          let note: NIOSSLCustomVerificationCallback = { chain, verdict in
            shown.chain.withLock { $0 = chain.map(PresentedCertificate.init) }
            verdict.succeed(.failed)
          }
          let tls = try NIOSSLClientHandler(
            context: context, serverHostname: name, customVerificationCallback: note)
          try channel.pipeline.syncOperations.addHandlers([tls, Ending()])
        }
      }
      .connect(host: host, port: port).get()
    guard let channel else { return [] }
    let limit = channel.eventLoop.scheduleTask(in: TimeAmount.seconds(5)) {
      channel.close(promise: nil)
    }
    try? await channel.closeFuture.get()
    limit.cancel()
    return shown.chain.withLock { $0 }
  }

  private final class Shown: Sendable {
    let chain = Mutex<[PresentedCertificate]>([])
  }

  /// Takes the errors of the handshake, which are expected, and after which TLS closes by itself.
  private final class Ending: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
  }
}
