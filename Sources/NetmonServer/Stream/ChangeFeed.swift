import Dispatch
import HTTPTypes
import NIOCore
import NetmonCore
import NetmonStore
import Synchronization

/// Has streams follow the store's changes.
///
/// One look for all of them, ten times a second, tells whether anything was committed, by this
/// process or another; what is new is read once, into the tail. A stream has nothing but its place in
/// the change sequence: one that keeps up is written from the tail, one that is behind reads the
/// store, in turns with its like. While nobody follows, nothing is done.
final class ChangeFeed: Sendable {
  private struct State {
    var signals: [Int: StreamSignal] = [:]
    var lastNumber = 0
    var isLooking = false
    var tail: ChangeTail?
  }

  private let store: Store
  private let limits: Server.Limits
  private let state = Mutex(State())
  private let looks = DispatchQueue(label: "netmon.changes")
  private let replays: StoreQueue

  init(_ store: Store, _ limits: Server.Limits) {
    self.store = store
    self.limits = limits
    replays = StoreQueue(store, label: "netmon.replay", attributes: [])
  }

  /// How many follow.
  var followers: Int { state.withLock { $0.signals.count } }

  /// Admits one more stream, up to the end of the follower's life.
  func follower() throws(Problem) -> Follower {
    let signal = StreamSignal()
    let (number, isFirst) = state.withLock { state -> (Int?, Bool) in
      guard state.signals.count < limits.streams else { return (nil, false) }
      state.lastNumber += 1
      state.signals[state.lastNumber] = signal
      defer { state.isLooking = true }
      return (state.lastNumber, !state.isLooking)
    }
    guard let number else { throw .tooManyStreams }
    if isFirst { looks.async { [weak self] in self?.look(Look()) } }
    return Follower(self, number, signal)
  }

  /// A stream's place among those to be woken.
  final class Follower: Sendable {
    let signal: StreamSignal
    private let feed: ChangeFeed
    private let number: Int

    fileprivate init(_ feed: ChangeFeed, _ number: Int, _ signal: StreamSignal) {
      self.feed = feed
      self.number = number
      self.signal = signal
    }

    deinit {
      feed.state.withLock { _ = $0.signals.removeValue(forKey: number) }
    }
  }
}

// MARK: - Looking

extension ChangeFeed {
  /// What one look leaves to the next.
  private struct Look: Sendable {
    var version: Int64?
    var lastHeartbeat = ContinuousClock.now
  }

  private func look(_ last: Look) {
    var next = last
    // A store that cannot be read now may be readable at the next look. The streams that need it
    // find out by themselves.
    if let version = try? store.version(), version != last.version, readTail() {
      next.version = version
      tell(.changes)
    }
    if ContinuousClock.now - last.lastHeartbeat >= limits.heartbeat {
      next.lastHeartbeat = .now
      tell(.heartbeat)
    }
    let isWanted = state.withLock { state in
      if state.signals.isEmpty { (state.isLooking, state.tail) = (false, nil) }
      return state.isLooking
    }
    guard isWanted else { return }
    looks.asyncAfter(deadline: .now() + limits.changePoll / .seconds(1)) { [weak self, next] in
      self?.look(next)
    }
  }

  private func tell(_ news: StreamSignal.News) {
    for signal in state.withLock({ Array($0.signals.values) }) { signal.tell(news) }
  }

  /// Reads what is new; of much, only as much as there is room for.
  private func readTail() -> Bool {
    do {
      let last = try store.lastSequence()
      var tail = state.withLock { $0.tail } ?? ChangeTail(at: last)
      if last - tail.end > ChangeTail.capacity {
        tail = ChangeTail(at: last - Int64(ChangeTail.capacity))
      }
      var events: [ChangeEvent] = []
      var backlog: Backlog?
      let place = try store.follow(after: tail.end, &backlog) { sequence, connection in
        events.append(ChangeEvent(sequence, connection))
        return true
      }
      if place.isReset {
        tail = ChangeTail(at: place.sequence)
      } else {
        tail.append(events, through: place.sequence)
      }
      state.withLock { [tail] in $0.tail = tail }
      return true
    } catch {
      return false
    }
  }
}

// MARK: - Reading

extension ChangeFeed {
  /// What a stream writes next.
  struct Page: Sendable {
    /// Events, about as many as fit into what a client is sent at a time.
    var bytes = ByteBuffer()
    var place: FollowingPlace
    /// What the next page takes, if the stream is far behind: a bit for each change.
    var backlog: Backlog?
  }

  /// Bytes after which a page ends. A client that does not take it holds no more memory than this.
  private static let pageSize = 32 << 10
  /// How many changes may be passed over at a time.
  private static let pageChanges = 500

  /// What comes after another page. Nothing new is a page that ends where that does.
  func page(after page: Page, matching filter: Filter) async throws(StoreError) -> Page {
    let sequence = page.place.sequence
    let latest = state.withLock { $0.tail?.changes(after: sequence, limit: Self.pageChanges) }
    guard let latest else { return try await replay(after: page, matching: filter) }
    var page = Page(place: FollowingPlace(sequence: latest.through))
    for event in latest.events where filter.matches(event.connection) {
      var bytes = event.bytes
      page.bytes.writeBuffer(&bytes)
      guard page.bytes.readableBytes < Self.pageSize else {
        page.place.sequence = event.sequence
        break
      }
    }
    return page
  }

  private func replay(
    after page: Page, matching filter: Filter
  ) async throws(StoreError) -> Page {
    let (sequence, known) = (page.place.sequence, page.backlog)
    return try await replays { store throws(StoreError) in
      var (bytes, backlog, count) = (ByteBuffer(), known, 0)
      let place = try store.follow(after: sequence, &backlog) { sequence, connection in
        count += 1
        if filter.matches(connection) {
          var event = ChangeEvent(sequence, connection).bytes
          bytes.writeBuffer(&event)
        }
        return bytes.readableBytes < Self.pageSize && count < Self.pageChanges
      }
      return Page(bytes: bytes, place: place, backlog: backlog)
    }
  }
}

extension Problem {
  fileprivate static var tooManyStreams: Problem {
    var problem = Problem(
      .serviceUnavailable, "As many streams are open as the server allows; try again shortly.")
    problem.headers[.retryAfter] = String(Int.random(in: 5...15))
    return problem
  }
}
