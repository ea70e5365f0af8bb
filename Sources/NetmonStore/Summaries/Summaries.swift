public import NetmonCore

/// One process instance and what it did.
public struct ProcessSummary: Hashable, Sendable {
  public var process: ProcessDetails
  public var host: String?
  /// When its first connection was seen.
  public var firstSeen: Timestamp
  /// When its latest connection was first seen or closed.
  public var lastSeen: Timestamp
  /// Its records, listening sockets included.
  public var connections: Int
  public var errors: Int
  /// Records not closed yet, listening sockets included.
  public var open: Int
  /// The sockets that it listens on now.
  public var listens: [Listen]

  package init(
    process: ProcessDetails, host: String?, firstSeen: Timestamp, lastSeen: Timestamp,
    connections: Int, errors: Int, open: Int, listens: [Listen]
  ) {
    self.process = process
    self.host = host
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.connections = connections
    self.errors = errors
    self.open = open
    self.listens = listens
  }

  public struct Listen: Hashable, Sendable {
    public var transport: TransportProtocol
    public var endpoint: Endpoint

    package init(transport: TransportProtocol, endpoint: Endpoint) {
      self.transport = transport
      self.endpoint = endpoint
    }
  }
}

/// One host: its latest report, and what the store holds of it.
public struct HostSummary: Hashable, Sendable {
  public var host: String
  public var tier: String?
  /// The later of its last report and its latest record.
  public var lastSeen: Timestamp
  public var lagSeconds: Double?
  public var connections: Int
  public var errors: Int
  /// The larger of what it reported as lost and what its gaps add up to.
  public var lost: Int
}

/// The size of a store.
public struct StoreStatistics: Hashable, Sendable {
  public var storeID: String
  public var connections: Int
  public var open: Int
  public var errors: Int
  public var processes: Int
  public var hosts: Int
  public var addresses: Int
  /// Database and write-ahead log on disk.
  public var sizeBytes: Int64
  /// The timestamps of the oldest and the newest record.
  public var oldest: Timestamp?
  public var newest: Timestamp?
  public var lastSequence: Int64
}
