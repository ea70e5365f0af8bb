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

  /// How many may be in a phase.
  struct Bound: Hashable {
    var count: Int
    /// As many as there may be while those beyond `count` have only just come: many who mean it can come
    /// at once, and would otherwise end each other before one of them is through.
    var burst: Int

    init(_ count: Int, burst: Int? = nil) {
      self.count = count
      self.burst = max(count, burst ?? count)
    }
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

  private let bounds: [Phase: Bound]
  /// How long one has only just come.
  private let grace: Duration
  private var entries: [Phase: [ID: Entry]] = [:]
  private var phases: [ID: Phase] = [:]
  private var turn: UInt64 = 0

  init(bounds: [Phase: Bound], grace: Duration) {
    self.bounds = bounds
    self.grace = grace
  }

  /// How many are in a phase now.
  func count(in phase: Phase) -> Int { entries[phase]?.count ?? 0 }

  /// Whether there are more in a phase than may stay there.
  func isCrowded(_ phase: Phase) -> Bool { count(in: phase) > bounds[phase]?.count ?? .max }

  /// Notes that a connection is in a phase from now on. Returns those that have to go for it.
  mutating func enter(_ id: ID, _ phase: Phase, at now: ContinuousClock.Instant) -> [ID] {
    leave(id)
    turn += 1
    entries[phase, default: [:]][id] = Entry(turn: turn, since: now)
    phases[id] = phase
    return makeRoom(in: phase, at: now)
  }

  /// Forgets those that have to go, and returns them: such as have waited longest, or of the bodies the
  /// slowest.
  mutating func makeRoom(in phase: Phase, at now: ContinuousClock.Instant) -> [ID] {
    var victims: [ID] = []
    while isCrowded(phase), let (id, entry) = victim(in: phase, at: now),
      count(in: phase) > bounds[phase]?.burst ?? .max || now - entry.since >= grace
    {
      leave(id)
      victims.append(id)
    }
    return victims
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

  private func victim(in phase: Phase, at now: ContinuousClock.Instant) -> (ID, Entry)? {
    let candidates = entries[phase] ?? [:]
    guard phase == .body else { return candidates.min { $0.value.turn < $1.value.turn } }
    // One that has just come is not behind.
    return candidates.max { $0.value.deficit(at: now) < $1.value.deficit(at: now) }
  }
}
