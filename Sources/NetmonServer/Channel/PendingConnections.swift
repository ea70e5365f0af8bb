/// The connections that nothing is done for at the moment, and who of them has to go when they are too
/// many.
///
/// A client that means it is through with this in milliseconds. One that does not can be so for ever,
/// and comes as often as it likes: so the latest to come are welcome, and those that have had their
/// time make room for them.
struct PendingConnections<ID: Hashable> {
  enum Phase: Hashable, CaseIterable {
    /// No whole request has come that was answered with more than an error, and none is being answered.
    case unheard
    /// The head of a request has come, of the body not all.
    case body
    /// All that was asked for is answered.
    case idle
  }

  private struct Entry {
    /// The order in which they came.
    let turn: UInt64
    let since: ContinuousClock.Instant
    var received = 0

    /// By how many bytes a body is behind what has to come in a time at least.
    func deficit(at now: ContinuousClock.Instant) -> Double {
      (now - since) / .seconds(1) * PendingConnections.leastRate - Double(received)
    }
  }

  /// Bytes a second. A body that comes so fast is not slow.
  private static var leastRate: Double { 16_384 }

  private let limits: [Phase: Int]
  private var entries: [Phase: [ID: Entry]] = [:]
  private var phases: [ID: Phase] = [:]
  private var turn: UInt64 = 0

  /// How many may be in each phase at a time.
  init(limits: [Phase: Int]) {
    self.limits = limits
  }

  /// How many are in a phase now.
  func count(in phase: Phase) -> Int { entries[phase]?.count ?? 0 }

  /// Notes that a connection is in a phase from now on. Returns the one that has to go for it, which is
  /// forgotten: the one that has waited longest, or of the bodies the slowest.
  mutating func enter(_ id: ID, _ phase: Phase, at now: ContinuousClock.Instant) -> ID? {
    leave(id)
    turn += 1
    entries[phase, default: [:]][id] = Entry(turn: turn, since: now)
    phases[id] = phase
    guard count(in: phase) > limits[phase] ?? .max, let victim = victim(in: phase, at: now)
    else { return nil }
    leave(victim)
    return victim
  }

  /// Notes bytes of a body.
  mutating func receive(_ bytes: Int, from id: ID) {
    entries[.body]?[id]?.received += bytes
  }

  /// Notes that a connection has ended, or that something is done for it.
  mutating func leave(_ id: ID) {
    guard let phase = phases.removeValue(forKey: id) else { return }
    entries[phase]?[id] = nil
  }

  private func victim(in phase: Phase, at now: ContinuousClock.Instant) -> ID? {
    let candidates = entries[phase] ?? [:]
    guard phase == .body else { return candidates.min { $0.value.turn < $1.value.turn }?.key }
    // One that has just come is not behind.
    return candidates.max { $0.value.deficit(at: now) < $1.value.deficit(at: now) }?.key
  }
}
