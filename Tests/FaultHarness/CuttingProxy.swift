import Foundation
import Synchronization
import TestSupport

/// Passes TCP connections on to a port of this machine, and cuts most of them.
final class CuttingProxy: Sendable {
  /// When a connection is cut.
  enum Moment: String, CaseIterable {
    case beforeRequest = "before a request"
    case inRequest = "within a request"
    case beforeReply = "before a reply"
    case afterWait = "before a reply, after a wait"
    case inReply = "within a reply"
  }

  private struct State {
    var chance: SplitMix
    var isCutting = true
    var cuts: [Moment: Int] = [:]
  }

  let port: UInt16
  private let target: UInt16
  private let state: Mutex<State>

  init(to target: UInt16, seed: Int) throws {
    self.target = target
    state = Mutex(State(chance: SplitMix(seed: UInt64(truncatingIfNeeded: seed))))
    let (listener, port) = try Loopback.listen()
    self.port = port
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { continue }
        Thread.detachNewThread { [self] in relay(client) }
      }
    }
  }

  /// How many connections were cut.
  var cuts: Int { state.withLock { $0.cuts.values.reduce(0, +) } }

  /// From now on everything passes. Returns how many connections were cut at which moments.
  func stopCutting() -> [Moment: Int] {
    state.withLock {
      $0.isCutting = false
      return $0.cuts
    }
  }

  /// How much of a connection passes, and why it ends there; the moment is nil when it is not cut,
  /// but ends after a reply.
  private struct Plan {
    var moment: Moment?
    /// Bytes of requests.
    var request = Int.max
    /// How many pieces of replies, and bytes of the one after.
    var replies = Int.max
    var reply = 0
    var wait = Duration.zero
  }

  private func plan() -> Plan {
    state.withLock { state in
      guard state.isCutting else { return Plan() }
      let moment = (Moment.allCases + [nil, nil]).randomElement(using: &state.chance) ?? nil
      var plan = Plan(moment: moment)
      switch moment {
      case .beforeRequest: plan.request = 0
      // From the first bytes of the head up to the middle of a body.
      case .inRequest: plan.request = 1 << state.chance.below(16)
      case .beforeReply, .inReply, .afterWait, nil:
        plan.replies = state.chance.below(4) + (moment == nil ? 1 : 0)
      }
      if moment == .inReply { plan.reply = 1 + state.chance.below(200) }
      if moment == .afterWait {
        plan.wait = state.chance.time(from: .milliseconds(10), to: .seconds(1))
      }
      return plan
    }
  }

  // MARK: - Relaying

  private func relay(_ client: Int32) {
    var plan = plan()
    defer { close(client) }
    if plan.request == 0 { return count(plan.moment) }
    guard let server = try? Loopback.connect(port: target) else { return }
    defer { close(server) }
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    var ends = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    while poll(&ends, 2, 60_000) > 0 {
      if ends[0].revents != 0 {
        let size = read(client, &buffer, buffer.count)
        guard size > 0, pass(buffer[..<min(size, plan.request)], to: server) else { return }
        if size >= plan.request { return count(plan.moment) }
        plan.request -= size
      }
      if ends[1].revents != 0 {
        let size = read(server, &buffer, buffer.count)
        guard size > 0 else { return }
        if plan.replies == 0 {
          pause(for: plan.wait)
          _ = pass(buffer[..<min(size - 1, plan.reply)], to: client)
          return count(plan.moment)
        }
        plan.replies -= 1
        guard pass(buffer[..<size], to: client) else { return }
        if plan.replies == 0, plan.moment == nil { return }
      }
    }
  }

  private func pass(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let size = rest.withUnsafeBytes { write(socket, $0.baseAddress!, $0.count) }
      guard size > 0 else { return false }
      rest = rest.dropFirst(size)
    }
    return true
  }

  private func count(_ moment: Moment?) {
    guard let moment else { return }
    state.withLock { $0.cuts[moment, default: 0] += 1 }
  }
}
