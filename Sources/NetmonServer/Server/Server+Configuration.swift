public import NetmonCore

extension Server {
  /// Where to listen, and what to put up with.
  public struct Configuration: Sendable {
    /// An address, or `localhost`, which is 127.0.0.1 here. One that others can reach takes a token.
    public var host: String
    /// 0 lets the kernel choose.
    public var port: Int
    /// Names a `Host` header may carry besides the loopback ones.
    public var hostNames: [String]
    /// This machine's own name, which a `Host` header may carry too where others can reach the server.
    public var machineName: String?
    /// Nil speaks plaintext.
    public var tls: TLSFiles?
    /// Whether to listen beyond loopback without TLS.
    public var allowsPlaintext = false
    /// Where the tokens are of those who may come in; nil is nowhere.
    public var tokenFile: TokenFile?
    /// Whether to ask for tokens before the file has any.
    public var asksForTokens = false
    public var limits: Limits
    /// The clock that relative times in filters (`since:1h`) count from.
    public var now: @Sendable () -> Timestamp

    public init(
      host: String = "127.0.0.1", port: Int = 8080, hostNames: [String] = [],
      limits: Limits = Limits(), now: @escaping @Sendable () -> Timestamp
    ) {
      self.host = host
      self.port = port
      self.hostNames = hostNames
      self.limits = limits
      self.now = now
    }
  }

  /// What one client may use up. The defaults suit a server with many collectors.
  public struct Limits: Sendable {
    /// Size of all header fields together.
    public var headerBytes = 16 << 10
    public var headerCount = 100
    /// Size of a request body as it is sent.
    public var bodyBytes = 8 << 20
    /// Size of a request body once inflated.
    public var inflatedBytes = 64 << 20
    /// Bodies received or being stored at a time; further ones are asked to come again.
    public var bodies = 256
    /// Size of all of these together, once inflated. What is made of them takes up to three times
    /// that.
    public var allBodiesBytes = 128 << 20
    public var connections = 4096
    /// Connections of which no whole request has come yet, or none that had more than an error for an
    /// answer. Beyond it the oldest of them is closed once it has had its time.
    public var unheardConnections = 64
    /// As many of these there may be for a moment. Beyond it the oldest is closed at once: whoever comes
    /// has as long as it takes so many others to come.
    public var unheardBurst = 256
    /// The time that each of them has.
    public var unheardGrace: Duration = .milliseconds(250)
    /// Requests whose body has come in part. Beyond it the slowest of them is closed.
    public var incompleteBodies = 64
    /// Connections that wait for a further request. Beyond it the one that has waited longest is closed.
    public var idleConnections = 1024
    /// How long a client that was let go of before it was served does not learn of it.
    public var silence: Duration = .seconds(5)
    /// From the connection to the end of the TLS handshake.
    public var handshakeTimeout: Duration = .seconds(5)
    /// Requests a second that each token may make, and at once twice as many.
    public var requestsPerSecond = 200
    /// Wrong tokens a minute that may come from one address.
    public var failuresPerMinute = 30
    /// From the connection to the end of the first request's header fields.
    public var headerTimeout: Duration = .seconds(10)
    /// From the end of the header fields to the end of the body.
    public var bodyTimeout: Duration = .seconds(30)
    /// How long a client may take nothing of a response that waits for it.
    public var responseTimeout: Duration = .seconds(60)
    /// How long a connection stays when the server shuts down: what is asked by then is still answered.
    public var lastDelivery: Duration = .seconds(12)
    /// Size of all responses that wait for their clients to take them, of large lists as they are packed;
    /// beyond it the connections with most to take are closed.
    public var untakenBytes = 5 << 20
    /// How long a connection without a request stays open.
    public var idleTimeout: Duration = .seconds(60)
    /// Clients that follow changes at a time; further ones are asked to come again.
    public var streams = 1000
    /// How often each of them is sent something at least.
    public var heartbeat: Duration = .seconds(15)
    /// How often to look for changes while anybody follows them.
    public var changePoll: Duration = .milliseconds(100)

    public init() {}
  }

  /// The address a server listens on.
  public struct ListeningAddress: Hashable, Sendable {
    public let host: String
    public let port: Int
    /// Whether TLS is spoken there.
    public var isSecure = false

    /// Where a browser finds the page.
    public var url: String { "\(isSecure ? "https" : "http")://\(authority)" }

    /// `host:port`, an IPv6 address in brackets.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
  }

  /// The address that is written in digits, or meant by `localhost`; nil if it is neither.
  ///
  /// Names are not looked up: what /etc/hosts makes of them could be any address.
  static func address(_ host: String) -> IPAddress? {
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let bare = isBracketed ? String(host.dropFirst().dropLast()) : host
    return IPAddress(host.lowercased() == "localhost" ? "127.0.0.1" : bare)
  }

  /// The loopback address that a text means; nil if it means another one, or none.
  static func loopbackAddress(_ host: String) -> String? {
    address(host).flatMap { $0.isLoopback ? $0.description : nil }
  }

  /// Whether a text can be one of ``Configuration/hostNames``: a name or an address, without a port.
  public static func isHostName(_ text: String) -> Bool {
    IPAddress(text) != nil || (!text.contains(":") && Authority(text) != nil)
  }
}
