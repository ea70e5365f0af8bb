import Logging
import NetmonCore
import NetmonServer
import NetmonStore
import ServiceLifecycle

/// A server as the executable runs it, on a port of loopback.
struct RunningServer: Sendable {
  let port: Int
  private let group: ServiceGroup
  private let run: Task<Void, any Error>

  /// Starts it, on any free port unless one is given.
  static func start(
    _ store: Store, port: Int = 0, limits: Server.Limits = Server.Limits(),
    tls: TLSFiles? = nil, tokens: TokenFile? = nil
  ) async throws -> RunningServer {
    let (addresses, continuation) = AsyncStream.makeStream(of: Server.ListeningAddress.self)
    var configuration = Server.Configuration(port: port, limits: limits, now: { .test })
    configuration.tls = tls
    configuration.tokenFile = tokens
    let server = try Server(
      configuration: configuration, store: store, logger: .silent,
      onListening: { continuation.yield($0) })
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: server)], logger: .silent))
    let run = Task {
      defer { continuation.finish() }
      try await group.run()
    }
    guard let address = await addresses.first(where: { _ in true }) else {
      try await run.value
      throw CancellationError()
    }
    return RunningServer(port: address.port, group: group, run: run)
  }

  var url: String { "http://127.0.0.1:\(port)" }
  /// By the name that the certificates of tests have.
  var secureURL: String { "https://localhost:\(port)" }

  /// Shuts it down, and returns when it has come to its end.
  func stop() async throws {
    await group.triggerGracefulShutdown()
    try await run.value
  }
}

extension Timestamp {
  /// The present of all tests.
  static let test = Timestamp("2026-11-22T12:00:00Z")!
}

extension Logger {
  static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
