import AsyncHTTPClient
import Foundation
import Logging
import NetmonAgent
import NetmonCore
import NetmonStore

/// Stores in a directory that goes with its owner.
final class TestStores: Sendable {
  private let directory = FileManager.default.temporaryDirectory
    .appending(path: "netmon-agent-\(UUID())")

  deinit {
    try? FileManager.default.removeItem(at: directory)
  }

  /// The path of a file here.
  func path(_ name: String) throws -> String {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory.appending(path: name).path()
  }

  func store(_ name: String, _ access: Store.Access = .readWrite) throws -> Store {
    try Store(path: directory.appending(path: name).path(), access: access)
  }
}

extension Store {
  /// Records so many closed connections, as this store's own collector would.
  func recordSamples(
    _ count: Int, from first: Int = 0, _ change: (inout Connection) -> Void = { _ in }
  ) throws {
    _ = try record(
      (first..<first + count).map { index in
        var connection = Connection(
          timestamp: Timestamp.test.advanced(byMicroseconds: Int64(index - 3_600_000_000)),
          transport: .tcp, state: .CLOSE, local: Endpoint("192.0.2.1:40000")!,
          remote: Endpoint("198.51.100.7:443")!)
        connection.closedAt = connection.timestamp
        connection.host = "web-1"
        change(&connection)
        return connection
      })
  }

  /// The origins and revisions of all records, in order.
  func contents() throws -> [String] {
    try connections(ConnectionQuery(limit: nil)).connections
      .map { "\($0.origin.map { "\($0)" } ?? "") \($0.revision)" }.sorted()
  }

  var recordCount: Int { get throws { try count(Filter()) } }
}

extension Replicator {
  /// One that looks for changes often.
  static func quick(
    _ store: Store, to url: String, batch: Int = 2000, backlog: Int64 = 10_000,
    host: String? = nil, credential: Credential? = nil, logger: Logger = .silent
  ) throws -> Replicator {
    var configuration = Configuration(host: host)
    configuration.batch = batch
    configuration.backlog = backlog
    configuration.poll = .milliseconds(10)
    configuration.grace = .zero
    return Replicator(
      store: store,
      client: try RESTClient(server: url, client: .shared).authorized(by: credential),
      configuration: configuration, logger: logger, now: { .test })
  }
}
