import NetmonCore

/// What the record of a logged attempt must say: what the application was told, and no more.
///
/// Where netmon's documents say that the kernel cannot tell two cases apart, exactly the documented
/// alternative is accepted too.
struct Expectation: Hashable {
  /// How a record may say that it ended. Without an error there is no stage.
  struct Ending: Hashable {
    var error: ConnectionError?
    var stage: ErrorStage?
    var cause: ErrorCause?

    static let success = Ending()

    init(_ error: ConnectionError? = nil, _ stage: ErrorStage? = nil, _ cause: ErrorCause? = nil) {
      (self.error, self.stage, self.cause) = (error, stage, cause)
    }

    init(_ record: Connection) {
      self.init(record.error, record.errorStage, record.errorCause)
    }
  }

  /// Any of these.
  var endings: Set<Ending>
  /// There may be no record, as is documented.
  var isOptional = false

  private init(_ endings: Ending..., isOptional: Bool = false) {
    self.endings = Set(endings)
    self.isOptional = isOptional
  }

  init(_ attempt: LoggedAttempt, _ record: Connection? = nil) {
    self =
      switch (attempt.protocol, attempt.isInbound) {
      case (.udp, _): .datagram(attempt)
      case (.tcp, true): .inbound(attempt, record)
      case (.tcp, false): .outbound(attempt)
      }
  }

  // MARK: - TCP

  private static func outbound(_ attempt: LoggedAttempt) -> Expectation {
    switch (attempt.told, attempt.later) {
    case (.success, nil):
      Expectation(attempt.end == "aborted" ? Ending(nil, nil, .local_abort) : .success)
    case (.success, let error?):
      Expectation(Ending(error, .established, .peer_reset))
    case (.error(let error), _):
      failed(attempt, error)
    case (.nothing, _):
      abandoned(attempt)
    }
  }

  private static func failed(_ attempt: LoggedAttempt, _ error: ConnectionError) -> Expectation {
    // The peer was there, and its reset came before connect(2) had returned.
    if error == .ECONNRESET { return Expectation(Ending(error, .established, .peer_reset)) }
    switch attempt.class {
    case "no-route", "black-hole":
      return Expectation(Ending(error, .route, .no_route))
    case "own-namespace":
      // Without any IPv4 address there is no table that could tell (docs/errors.md, ENETUNREACH).
      return Expectation(
        Ending(error, .route, .no_route), isOptional: attempt.remote.address.family == .ipv4)
    case "unreachable":
      // IPv6 has one error for both (docs/errors.md, ENETUNREACH).
      let isIPv6 = attempt.remote.address.family == .ipv6
      return Expectation(Ending(isIPv6 ? .ENETUNREACH : error, .route, .no_route))
    case "prohibited":
      return Expectation(Ending(error, .route, .prohibited))
    case _ where error == .EADDRNOTAVAIL:
      return Expectation(Ending(error, .port, .no_ports))
    case _ where error == .ECONNREFUSED:
      return Expectation(Ending(error, .handshake, .peer_reset))
    case _ where error == .ECONNTIMEOUT:
      return Expectation(Ending(error, .handshake, .timeout))
    default:
      return Expectation(Ending(error, .handshake, .icmp))
    }
  }

  /// The application's own end of an attempt: "too early" within a second, else a timeout.
  private static func abandoned(_ attempt: LoggedAttempt) -> Expectation {
    if attempt.end == "lost" { return Expectation(Ending(nil, nil, .local_abort)) }
    let early = Ending(.ECONNABORTED, .handshake, .local_abort)
    let late = Ending(.ECONNTIMEOUT, .handshake, .gave_up)
    switch attempt.elapsed {
    case ..<1_000_000: return Expectation(early)
    // The application's clock goes from before connect(2) to after close(2).
    case ..<1_050_000: return Expectation(early, late)
    default: return Expectation(late)
    }
  }

  private static func inbound(_ attempt: LoggedAttempt, _ record: Connection?) -> Expectation {
    let reset = Ending(.ECONNRESET, .established, .peer_reset)
    let unaccepted = Ending(.ECONNABORTED, .accept, .peer_reset)
    // Nothing shows accept(2): within 10 ms, and unless something was sent, a reset counts as one
    // that came before it (docs/errors.md, ECONNABORTED).
    let hasSent = attempt.sent > 0 && record?.bytesSent != nil
    let age = hasSent ? nil : record?.ageAtEnd
    switch (attempt.class, attempt.later) {
    case ("inbound-unaccepted", _):
      return switch age ?? 0 {
      case ..<9_999: Expectation(unaccepted)
      case 10_001...: Expectation(reset)
      // Both ends are cut to whole microseconds.
      default: Expectation(reset, unaccepted)
      }
    case (_, .ECONNRESET?):
      let isEarly = age.map { $0 <= 10_000 } ?? false
      return isEarly ? Expectation(reset, unaccepted) : Expectation(reset)
    case (_, let error?):
      return Expectation(Ending(error, .established, .peer_reset))
    case (_, nil):
      return Expectation(attempt.end == "aborted" ? Ending(nil, nil, .local_abort) : .success)
    }
  }

  // MARK: - UDP

  private static func datagram(_ attempt: LoggedAttempt) -> Expectation {
    switch (attempt.told, attempt.later) {
    case (.error(let error), _):
      return Expectation(Ending(error, .route, .no_route))
    case (_, .ECONNREFUSED?):
      return Expectation(Ending(.ECONNREFUSED, .datagram, .icmp))
    case _ where attempt.class == "udp-unseen":
      // Told for IPv4 only (docs/errors.md, ECONNREFUSED).
      return attempt.remote.address.family == .ipv4
        ? Expectation(Ending(.ECONNREFUSED, .datagram, .icmp))
        : Expectation(.success, isOptional: true)
    default:
      // UDP without an error is polled, so what is short may be missed (README.md).
      return Expectation(.success, isOptional: attempt.class != "udp-kept")
    }
  }
}

extension Connection {
  /// How long it was established, in microseconds.
  fileprivate var ageAtEnd: Int64? {
    guard let establishedAt, let closedAt else { return nil }
    return closedAt.microseconds(since: establishedAt)
  }
}
