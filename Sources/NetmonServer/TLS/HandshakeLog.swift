import Logging
import NIOCore
import Synchronization

/// Counts connections that came to nothing, and says so now and then: once a minute of each kind, as
/// anybody can make as many as they like.
final class HandshakeLog: Sendable {
  /// When something was last said of one kind, and what came since.
  struct Pace {
    private var lastTold: ContinuousClock.Instant?
    private var untold = 0

    /// Notes one more; returns how many there are to tell of now, or nil.
    mutating func note(at now: ContinuousClock.Instant) -> Int? {
      untold += 1
      if let lastTold, now - lastTold < .seconds(60) { return nil }
      lastTold = now
      defer { untold = 0 }
      return untold
    }
  }

  private let meters: Meters
  private let logger: Logger
  private let paces = Mutex<[ConnectionFault: Pace]>([:])

  init(_ meters: Meters, logger: Logger) {
    self.meters = meters
    self.logger = logger
  }

  func note(_ fault: ConnectionFault, from peer: SocketAddress?, _ reason: String? = nil) {
    meters.countFault(fault)
    let count = paces.withLock { $0[fault, default: Pace()].note(at: .now) }
    guard let count, let message = fault.message else { return }
    var metadata: Logger.Metadata = ["peer": "\(peer?.ipAddress ?? "unknown")"]
    if let reason { metadata["reason"] = "\(reason)" }
    if count > 1 { metadata["times"] = "\(count)" }
    logger.log(level: .warning, message, metadata: metadata)
  }
}

extension ConnectionFault {
  fileprivate var message: Logger.Message? {
    switch self {
    case .plaintext: "a client does not speak TLS, which this port wants: its URL must be https://"
    case .handshakeTimeout: "a client did not finish its TLS handshake in time"
    case .handshakeFailed: "a TLS handshake failed"
    case .certificateRefused: "a client refuses the server's certificate"
    case .noRequest:
      "a client left right after the TLS handshake, as those do that miss their name in the certificate"
    case .headerTimeout, .bodyTimeout, .responseTimeout, .responseDropped, .requestDropped,
      .bodyDropped, .idleDropped, .malformed:
      nil
    }
  }
}
