import Hummingbird
import NIOCore

/// What a request's middleware knows of the connection it came by.
struct ConnectionContext: RequestContext, RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  /// Where the client connected to; nil in tests without a socket.
  let localAddress: SocketAddress?
  /// Where the client is; nil in tests without a socket.
  let remoteAddress: SocketAddress?

  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
    localAddress = source.channel.localAddress
    remoteAddress = source.channel.remoteAddress
  }
}
