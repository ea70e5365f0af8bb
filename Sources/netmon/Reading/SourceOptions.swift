import Arguments
import Foundation
import NetmonAgent
import NetmonCollector
import NetmonCore
import NetmonStore
import Synchronization

/// Where `query`, `errors` and `proc` find their answers: a database, a server or the kernel.
struct SourceOptions: Sendable {
  var server: HTTPURL?
  var credential = CredentialOptions()
  var database: Path?
  var trust = TrustOptions()
  var isLive = false
  var includesSelf = false

  /// `hasLive` says whether the command can answer with `--live`, which help shows only then.
  static func declarations<Root>(
    _ part: Property<Root, SourceOptions>, hasLive: Bool = true
  ) -> Group<Root> {
    Group(part) {
      Group("Where to look") {
        Option(
          "server", \.server, environment: "NETMON_SERVER", help: "ask a netmon server")
        TrustOptions.declarations(\.trust)
        CredentialOptions.declarations(\.credential)
        Option(
          "db", \.database, environment: "NETMON_DB",
          help: "read a database file; by default \(DefaultDatabase.forReadersHelp)")
        Flag(
          "live", \.isLive, isHidden: !hasLive, help: "read the kernel directly, with no database")
        Flag(
          "include-self", \.includesSelf, isHidden: !hasLive,
          help: "with --live, show netmon's own sockets too")
        Exclusive("live", "server", "db")
      }
      Check { $0.trust.problem(with: $0.server) }
    }
  }

  /// Opens the place these options name, gives it to `body`, and closes it.
  func withSource<Result>(
    _ invocation: Invocation, _ body: (RecordSource) async throws -> Result
  ) async throws -> Result {
    if isLive {
      let omitted = Mutex(0)
      let result = try await body(
        .live(
          LiveSource(includesSelf: includesSelf) { count in omitted.withLock { $0 = count } }))
      // Afterwards, when nothing else is being written.
      Self.note(omitted: omitted.withLock { $0 }, on: invocation.console)
      return result
    }
    guard let server else {
      let path = try database?.string ?? DefaultDatabase.existing(invocation.environment)
      try DefaultDatabase.refuseSpecialFile(path)
      return try await body(.store(try Store(path: path, access: .readOnly)))
    }
    let credential = try credential.credential(for: server, invocation)
    return try await trust.withClient(of: server) { client in
      try await body(.server(client.authorized(by: credential)))
    }
  }

  private static func note(omitted count: Int, on console: Console) {
    guard count > 0 else { return }
    let sockets =
      count == 1 ? "1 socket of netmon itself is" : "\(count) sockets of netmon itself are"
    console.say("\(sockets) left out: --include-self")
  }
}
