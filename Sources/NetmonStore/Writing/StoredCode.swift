import NetmonCore

/// A name of the model that the fact table holds as a small integer.
///
/// The numbers are part of the file format: they are only ever added to.
protocol StoredCode: CaseIterable, Equatable {
  var code: Int64 { get }
}

extension StoredCode {
  init?(code: Int64?) {
    guard let code, let value = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = value
  }
}

extension Direction: StoredCode {
  var code: Int64 {
    switch self {
    case .outbound: 0
    case .inbound: 1
    case .listen: 2
    }
  }
}

extension ErrorStage: StoredCode {
  var code: Int64 {
    switch self {
    case .route: 0
    case .port: 1
    case .handshake: 2
    case .established: 3
    case .accept: 4
    case .datagram: 5
    }
  }
}

extension ErrorSource: StoredCode {
  var code: Int64 {
    switch self {
    case .kernel: 0
    case .application: 1
    case .inferred: 2
    case .reported: 3
    }
  }
}

extension ErrorCause: StoredCode {
  var code: Int64 {
    switch self {
    case .peer_reset: 0
    case .icmp: 1
    case .no_route: 2
    case .prohibited: 3
    case .timeout: 4
    case .gave_up: 5
    case .no_ports: 6
    case .local_abort: 7
    case .firewall: 8
    case .unknown: 9
    }
  }
}
