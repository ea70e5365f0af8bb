import Foundation
import GRDB
public import NetmonCore
import Synchronization

/// Figures of a store for a monitoring system: how much there is, not what.
public struct StoreFigures: Sendable {
  /// Connections that were stored through this store since it was opened.
  public var inserted: Int
  /// Those that failed since then, every known error that occurred, by name.
  public var failed: [(error: ConnectionError, count: Int)]
  public var connections: Int
  public var errors: Int
  /// Listening sockets included.
  public var open: Int
  /// At most ``maximumHosts``, those heard of last.
  public var hosts: [HostSummary]
  /// At most ``maximumReasons``, those with most gaps first.
  public var gaps: [GapReason]
  public var fileBytes: Int64
  public var logBytes: Int64
  public var lastSequence: Int64

  public static let maximumProcesses = 50
  public static let maximumHosts = 1000
  public static let maximumReasons = 50

  /// All processes of one name.
  public struct Process: Hashable, Sendable {
    public var name: String
    public var connections: Int
    public var errors: Int
    public var open: Int
  }

  /// All gaps of one reason.
  public struct GapReason: Hashable, Sendable {
    public var reason: String
    public var gaps: Int
    /// Records that are known to be missing.
    public var lost: Int
  }
}

extension Store {
  /// The figures, from the roll-ups: what it costs grows with the number of hosts and gaps, and not
  /// with that of connections.
  public func figures() throws(StoreError) -> StoreFigures {
    let statistics = try read { db in
      try Query("SELECT connections, errors, open FROM rollup", in: db).first {
        (Int($0.integer()), Int($0.integer()), Int($0.integer()))
      } ?? (0, 0, 0)
    }
    let hosts = try hosts().sorted { $0.lastSeen > $1.lastSeen }.prefix(StoreFigures.maximumHosts)
    let (gaps, sequence) = try read { db in (try db.gapFigures(), try db.lastSequence()) }
    let tally = tally.withLock { $0 }
    return StoreFigures(
      inserted: tally.inserted,
      failed: tally.failed.compactMap { number, count in
        ConnectionError(number: number).map { ($0, count) }
      }.sorted { $0.0.name < $1.0.name },
      connections: statistics.0, errors: statistics.1, open: statistics.2,
      hosts: Array(hosts), gaps: gaps, fileBytes: Self.size(of: path),
      logBytes: Self.size(of: path + "-wal"), lastSequence: sequence)
  }

  /// The ``StoreFigures/maximumProcesses`` names of processes that have the most connections, the
  /// most first. What it costs grows with the number of processes.
  public func processFigures() throws(StoreError) -> [StoreFigures.Process] {
    try read { try $0.processFigures() }
  }

  private static func size(of path: String) -> Int64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
  }
}

extension Database {
  fileprivate func processFigures() throws -> [StoreFigures.Process] {
    try Query(
      """
      SELECT x.name, sum(t.connections), sum(t.errors), sum(t.open)
      FROM process_total t JOIN process p ON p.id = t.process_id
      JOIN executable x ON x.id = p.executable_id
      GROUP BY x.name ORDER BY 2 DESC, 1 LIMIT \(StoreFigures.maximumProcesses)
      """, in: self
    ).all { row in
      StoreFigures.Process(
        name: row.text(), connections: Int(row.integer()), errors: Int(row.integer()),
        open: Int(row.integer()))
    }
  }

  fileprivate func gapFigures() throws -> [StoreFigures.GapReason] {
    try Query(
      """
      SELECT reason, count(*), coalesce(sum(count), 0) FROM gap GROUP BY reason
      ORDER BY 2 DESC, 1 LIMIT \(StoreFigures.maximumReasons)
      """, in: self
    ).all { row in
      StoreFigures.GapReason(
        reason: row.text(), gaps: Int(row.integer()), lost: Int(row.integer()))
    }
  }
}
