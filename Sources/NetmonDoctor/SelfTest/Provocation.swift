internal import NetmonCore
internal import NetmonKernel

/// Something done to see whether it is recorded: a success, or a failure of some class.
struct Provocation: Sendable {
  /// Where it takes place.
  enum Place: Sendable {
    /// The loopback interface of this machine.
    case loopback
    /// The same, one after another before all others: a new process has all sockets open for a
    /// moment, and could be the one that uses or closes them.
    case newProcess
    /// A network namespace of its own, with interfaces and routes that lead nowhere.
    case laboratory
  }

  /// What it did, and what must be recorded of it.
  struct Traces: Sendable {
    /// What the application was told: `connect: ECONNREFUSED`.
    var told: String
    var expected: [ExpectedRecord] = []
    /// Processes of which nothing may be recorded.
    var silent: [Int32] = []
    /// Sockets that stay open until the records have been looked at.
    var open: [ProbeSocket] = []
  }

  /// Why it cannot be done here.
  enum Obstacle: Error {
    /// Something is missing here, so that nothing can be said of netmon.
    case missing(String)
    /// It went otherwise than it must.
    case surprise(String)
    case kernel(KernelError)
  }

  /// The class, and the family of addresses where there are several.
  var name: String
  var place = Place.loopback
  /// Whether it lasts, so that polling sees it as well.
  var lasts = false
  /// Does it; blocks for some seconds at most.
  var perform: @Sendable (Scene) throws(Obstacle) -> Traces
}

/// What a provocation finds around it.
struct Scene: Sendable {
  /// This process.
  var process: Int32
  /// The path of its executable.
  var path: String
  /// The network namespace in which it takes place; nil when not known.
  var networkNamespace: UInt64?
  var hasIPv6 = true
  /// The first of the ports that are connected to in the laboratory: by these the records are told
  /// from those of another self-test that runs at the same time.
  var laboratoryPort: UInt16
  /// How long polling takes to see what is there, in milliseconds; 0 where events tell at once.
  var pollingTime: Int32 = 0

  /// What this process's own attempt must be recorded as.
  func outbound(
    to end: Endpoint, _ outcome: ExpectedOutcome = ExpectedOutcome(), isEstablished: Bool = false,
    over transport: TransportProtocol = .tcp
  ) -> ExpectedRecord {
    ExpectedRecord(
      transport: transport, end: end, process: process, path: path, outcome: outcome,
      isEstablished: isEstablished, networkNamespace: networkNamespace)
  }

  /// What a connection that this process accepted must be recorded as.
  func inbound(
    at end: Endpoint, from peer: Endpoint? = nil, _ outcome: ExpectedOutcome = ExpectedOutcome()
  ) -> ExpectedRecord {
    ExpectedRecord(
      direction: .inbound, end: end, peer: peer, process: process, path: path, outcome: outcome,
      isEstablished: true, networkNamespace: networkNamespace)
  }
}
