import Glibc
import NetmonCore
import NetmonStore

/// Writes a load into a store as its own records, and what was committed into a ledger.
struct Feeder {
  private let store: Store
  private let ledger: Ledger
  private var load: Load

  init(database: String, ledger: String, seed: Int) throws {
    store = try Store(path: database)
    self.ledger = try Ledger(path: ledger)
    load = Load(agent: store.id, seed: seed)
  }

  /// Writes so many new connections, and new revisions of earlier ones, in one transaction.
  /// Returns the number of records.
  ///
  /// - Throws: `StoreError` if the store did not accept them; then they are not in the ledger.
  @discardableResult
  mutating func feed(_ connections: Int) throws -> Int {
    let records = load.records(try store.reserveNumbers(connections), at: .now)
    _ = try store.record(records)
    try ledger.enter(records)
    return records.count
  }
}

extension Timestamp {
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
