import HTTPTypes
import Synchronization

/// Bounds what the bodies of all requests take up at a time.
///
/// Who comes when there is no room is asked to come again, at a time that differs from client to
/// client so that they do not come together once more.
final class Admission: Sendable {
  private struct State {
    var requests = 0
    var bytes = 0
  }

  private let limits: Server.Limits
  private let state = Mutex(State())

  init(_ limits: Server.Limits) {
    self.limits = limits
  }

  /// Room for the body of one request, given back at the end of its life.
  func admit() throws(Problem) -> Room {
    try reserve(requests: 1, bytes: 0)
    return Room(self)
  }

  private func reserve(requests: Int, bytes: Int) throws(Problem) {
    let fits = state.withLock { state in
      // A body alone is always taken: it has a limit of its own.
      guard state.requests + requests <= limits.bodies,
        state.bytes + bytes <= limits.allBodiesBytes || state.requests == 1
      else { return false }
      state.requests += requests
      state.bytes += bytes
      return true
    }
    if !fits { throw .crowded }
  }

  /// What is taken up now.
  var occupied: (requests: Int, bytes: Int) {
    state.withLock { ($0.requests, $0.bytes) }
  }

  final class Room: Sendable {
    private let admission: Admission
    private let bytes = Mutex(0)

    fileprivate init(_ admission: Admission) {
      self.admission = admission
    }

    deinit {
      let bytes = bytes.withLock { $0 }
      admission.state.withLock { state in
        state.requests -= 1
        state.bytes -= bytes
      }
    }

    /// Makes room for a body that has become so large, in bytes.
    func grow(to size: Int) throws(Problem) {
      let more = bytes.withLock { max(size - $0, 0) }
      guard more > 0 else { return }
      try admission.reserve(requests: 0, bytes: more)
      bytes.withLock { $0 += more }
    }
  }
}

extension Problem {
  /// More is being received than there is room for.
  fileprivate static var crowded: Problem {
    var problem = Problem(
      .serviceUnavailable, "The server is receiving as much as it can hold; try again shortly.")
    problem.headers[.retryAfter] = String(Int.random(in: 1...5))
    return problem
  }
}
