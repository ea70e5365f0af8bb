/// Finds the attempts that failed for want of a route: they make no socket event at all, only
/// failed lookups in the caller's context.
///
/// One attempt makes several lookups: one in each table that rules name, and all of them again with
/// a source address, for IPv4 when the first ones succeeded, for IPv6 unless there is no address to
/// send from. An earlier table may fail and a later one answer, of which nothing is heard but the
/// attempt that goes on.
struct RouteFailures: Sendable {
  /// An attempt all of whose lookups failed.
  struct Failure: Hashable, Sendable {
    var time: UInt64
    /// Who asked, as of then: the record comes later.
    var process: ProcessDetails
    var thread: Int32
    var networkNamespace: UInt64
    var tuple: SocketEvent.Tuple
    /// The errno that connect(2) or sendto(2) returned.
    var errno: Int32
  }

  private struct Attempt {
    var failure: Failure
    var tables: [UInt32]
    /// Whether the lookups may begin anew, once, with a source address.
    var isUnbound: Bool
    var last: UInt64

    /// Whether a lookup in `table` from `local` is of this attempt too.
    func includes(_ table: UInt32, from local: Endpoint) -> Bool {
      !tables.contains(table)
        || isUnbound && !local.address.isUnspecified
    }

    /// What it failed with, if this was all of it. For IPv6 a source address is chosen whatever the
    /// first lookups say (`ip6_dst_lookup_tail` in `net/ipv6/ip6_output.c`); when that ended the
    /// attempt, this host has none.
    var outcome: Failure {
      guard isUnbound, failure.tuple.remote.address.family == .ipv6 else { return failure }
      var failure = failure
      failure.errno = ConnectionError.EADDRNOTAVAIL.number
      return failure
    }
  }

  /// How long an attempt may go on after its last failed lookup, in nanoseconds.
  static let patience: UInt64 = 100_000_000

  private var attempts: [Int32: Attempt] = [:]
  var isEmpty: Bool { attempts.isEmpty }

  /// Takes in a failed lookup; returns the attempt before it that has failed for good.
  mutating func note(
    _ event: SocketEvent, _ tuple: SocketEvent.Tuple, table: UInt32, error: Int32,
    threads: ThreadTable
  ) -> Failure? {
    let errno = Self.errno(of: error, tuple.remote.address.family)
    if var attempt = attempts[event.thread], attempt.failure.tuple.transport == tuple.transport,
      attempt.failure.tuple.remote == tuple.remote,
      attempt.failure.tuple.local.port == tuple.local.port,
      event.time < attempt.last &+ Self.patience,
      attempt.includes(table, from: tuple.local)
    {
      if attempt.tables.contains(table) {
        attempt.tables.removeAll(keepingCapacity: true)
        attempt.isUnbound = false
      }
      attempt.tables.append(table)
      attempt.failure.errno = errno
      attempt.last = event.time
      attempts[event.thread] = attempt
      return nil
    }
    let failure = Failure(
      time: event.time, process: threads.process(of: event.thread), thread: event.thread,
      networkNamespace: threads.networkNamespace(of: event.thread), tuple: tuple, errno: errno)
    let before = attempts.updateValue(
      Attempt(
        failure: failure, tables: [table], isUnbound: tuple.local.address.isUnspecified,
        last: event.time), forKey: event.thread)
    return before?.outcome
  }

  /// The attempt found a route after all: it goes on to this destination.
  mutating func cancel(_ thread: Int32, _ remote: Endpoint) {
    if attempts[thread]?.failure.tuple.remote == remote { attempts[thread] = nil }
  }

  /// Takes out what the thread's last attempt failed with, when connect(2) says that it did.
  mutating func take(_ thread: Int32) -> Failure? {
    attempts.removeValue(forKey: thread)?.outcome
  }

  /// Takes out the attempts that nothing followed.
  mutating func expire(at time: UInt64) -> [Failure] {
    guard !attempts.isEmpty else { return [] }
    let over = attempts.filter { $0.value.last &+ Self.patience <= time }
    for thread in over.keys { attempts[thread] = nil }
    return over.values.map(\.outcome).sorted { $0.time < $1.time }
  }

  /// What a failed lookup becomes: "look further" (`-EAGAIN`) in the last table means that there
  /// is no route. IPv6 has one error for no route and for a route of type unreachable; the first
  /// is by far the usual one (`fib_lookup` in `include/net/ip_fib.h`, `ip6_rt_type_to_error` in
  /// `net/ipv6/route.c`).
  private static func errno(of error: Int32, _ family: IPAddress.Family) -> Int32 {
    switch (error, family) {
    case (-11, _), (-113, .ipv6): ConnectionError.ENETUNREACH.number
    default: error == .min ? 0 : -error
    }
  }
}

extension Outcome {
  /// An attempt that found no route.
  static func route(_ errno: Int32) -> Outcome {
    .kernel(errno, .route, errno == ConnectionError.EACCES.number ? .prohibited : .no_route)
  }
}
