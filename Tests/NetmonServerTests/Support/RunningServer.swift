import Logging
import NetmonStore
import ServiceLifecycle

@testable import NetmonServer

/// Runs a server as the executable does, and shuts it down gracefully after `body`.
func withRunningServer(
  limits: Server.Limits = Server.Limits(), hostNames: [String] = [], tls: TLSFiles? = nil,
  tokens: TokenFile? = nil, logger: Logger = .silent,
  _ body: @Sendable (RunningServer) async throws -> Void
) async throws {
  try await withStore { store in
    let (addresses, continuation) = AsyncStream.makeStream(of: Server.ListeningAddress.self)
    let (ends, end) = AsyncStream.makeStream(of: Never.self)
    var configuration = Server.Configuration(
      port: 0, hostNames: hostNames, limits: limits, now: { testNow })
    configuration.tls = tls
    configuration.tokenFile = tokens
    let server = try Server(
      configuration: configuration, store: store, logger: logger,
      onListening: { continuation.yield($0) })
    let group = ServiceGroup(
      configuration: .init(services: [.init(service: server)], logger: .silent))
    try await withThrowingTaskGroup { tasks in
      tasks.addTask {
        defer {
          continuation.finish()
          end.finish()
        }
        try await group.run()
      }
      if let address = await addresses.first(where: { _ in true }) {
        do {
          try await body(RunningServer(address: address, store: store, group: group, ends: ends))
        } catch {
          await group.triggerGracefulShutdown()
          throw error
        }
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }
}

struct RunningServer: Sendable {
  let address: Server.ListeningAddress
  let store: Store
  let group: ServiceGroup
  fileprivate let ends: AsyncStream<Never>

  /// Shuts down gracefully, and returns once the server has come to its end.
  func shutDown() async {
    await group.triggerGracefulShutdown()
    for await _ in ends {}
  }
}
