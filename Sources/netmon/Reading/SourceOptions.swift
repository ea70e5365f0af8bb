import Arguments
import AsyncHTTPClient
import Foundation
import NetmonAgent
import NetmonCollector
import NetmonCore
import NetmonStore

/// Where `query`, `errors` and `proc` find their answers: a database, a server or the kernel.
struct SourceOptions: Sendable {
  var server: HTTPURL?
  var database: Path?
  var isLive = false
  var includesSelf = false

  static func declarations<Root>(_ part: Property<Root, SourceOptions>) -> Group<Root> {
    Group(part) {
      Group("Where to look") {
        Option(
          "server", \.server, environment: "NETMON_SERVER", help: "ask a netmon server")
        Option(
          "db", \.database, environment: "NETMON_DB",
          help: "read a database file; by default \(DefaultDatabase.forHelp)")
        Flag("live", \.isLive, help: "read the kernel directly, with no database")
        Flag(
          "include-self", \.includesSelf, help: "with --live, show netmon's own sockets too")
        Exclusive("live", "server", "db")
      }
    }
  }

  /// Opens the place these options name, gives it to `body`, and closes it.
  func withSource<Result>(
    _ invocation: Invocation, _ body: (RecordSource) async throws -> Result
  ) async throws -> Result {
    if isLive {
      let live = LiveSource(includesSelf: includesSelf)
      return try await body(.live(live))
    }
    guard let server else {
      let path = try database?.string ?? DefaultDatabase.existing(invocation.environment)
      return try await body(.store(try Store(path: path, access: .readOnly)))
    }
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    do {
      let result = try await body(.server(RESTClient(server: server.argument, client: client)))
      try await client.shutdown()
      return result
    } catch {
      try await client.shutdown()
      throw error
    }
  }
}

/// Where the database is when nobody says.
enum DefaultDatabase {
  static let system = "/var/lib/netmon/netmon.db"
  static let forHelp = "\(system) for root, else ~/.local/state/netmon/netmon.db"

  /// The file to write: the system's for root, the user's own otherwise (XDG Base Directory).
  static func path(_ environment: [String: String]) -> String {
    if geteuid() == 0 { return system }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return state + "/netmon/netmon.db"
    }
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    return home + "/.local/state/netmon/netmon.db"
  }

  /// The file to read: the one above, or the system's if a user has none.
  static func existing(_ environment: [String: String]) throws -> String {
    let own = path(environment)
    for path in [own, system] where access(path, F_OK) == 0 { return path }
    throw CommandError(
      "there is no database at \(terminalSafe(own)) yet: look at the kernel with --live, record "
        + "with 'netmon collect', or name a file with --db")
  }
}
