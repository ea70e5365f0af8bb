import Glibc
import NetmonAgent
import NetmonCore

extension Console {
  /// Runs what goes on until it is stopped; ends the program when nobody reads standard output any
  /// more, also while there is nothing to write (`netmon query --follow | head -1`).
  func whileRead(_ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup { group in
      group.addTask {
        while !hasLostReader { try await ContinuousClock().sleep(for: .milliseconds(250)) }
        fail(EPIPE)
      }
      defer { group.cancelAll() }
      try await body()
    }
  }

  /// Whether standard output is a pipe or socket that nobody reads (poll(2), POLLERR).
  private var hasLostReader: Bool {
    var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    return poll(&output, 1, 0) == 1 && output.revents & Int16(POLLERR) != 0
  }

  /// Says what becomes of the source that is followed; nothing of what is followed.
  func note(_ event: FollowedEvent) {
    switch event {
    case .began, .connection: break
    case .away(let error): say("\(error.asOfLoss); trying again")
    case .back: say("the server is back")
    case .reset: say("what changed just before this may be missing")
    }
  }
}

extension RESTError {
  /// What it means where the server was there before.
  var asOfLoss: String {
    guard case .unreachable(let server, let reason) = self else { return "\(self)" }
    return "the connection to \(server) is lost: \(reason)"
  }
}
