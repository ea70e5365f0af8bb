import NetmonCore

/// How long records stay, and how much room they may take.
public struct RetentionPolicy: Hashable, Sendable {
  /// How long a record stays after its connection ended, > 0.
  public var age: Duration
  /// How long it stays when it tells of no error; not longer than `age`.
  public var successAge: Duration
  /// What the database and what stands beside it may take on the disk, in bytes; nil is no limit.
  public var maximumSize: Int64?

  public init(age: Duration, successAge: Duration? = nil, maximumSize: Int64? = nil) {
    self.age = age
    self.successAge = min(successAge ?? age, age)
    self.maximumSize = maximumSize
  }

  func cutoffs(at now: Timestamp) -> RemovalCutoffs {
    RemovalCutoffs(
      successes: now.advanced(byMicroseconds: -successAge.microseconds).microseconds,
      errors: now.advanced(byMicroseconds: -age.microseconds).microseconds)
  }
}

extension Duration {
  fileprivate var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}

/// Which ended records may go: those that ended before these times, in microseconds since 1970.
struct RemovalCutoffs: Hashable {
  var successes: Int64
  var errors: Int64

  static let allSuccesses = RemovalCutoffs(successes: .max, errors: .min)
  static let all = RemovalCutoffs(successes: .max, errors: .max)
}

/// How the room that a store may take is divided.
///
/// Removed rows leave free pages inside the file, which later rows fill again: the file stays as
/// large as it ever was. So removal begins while the pages in use leave some headroom below what
/// the file may have, and the file never gets there.
struct SpaceBudget: Hashable {
  /// Bytes, all together.
  let maximum: Int64

  /// What the write-ahead log may take. It is written to the file at half of that; the other half
  /// is for what a transaction or a reader adds meanwhile.
  var log: Int64 { min(maximum / 4, 128 << 20) }
  /// See ``DiskReserve``.
  var reserve: Int64 { min(maximum / 32, 8 << 20) }
  /// What is left for the file itself.
  var file: Int64 { maximum - log - reserve }
  /// At so many bytes in use, removal begins.
  var high: Int64 { file / 10 * 9 }
  /// At so many it ends.
  var low: Int64 { file / 20 * 17 }
  /// How many changes may stay for a follower that lacks them, at some 16 bytes each: an eighth.
  var changes: Int64 { maximum / 128 }
}
