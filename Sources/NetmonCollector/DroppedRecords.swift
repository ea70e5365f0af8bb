import NetmonCore
import NetmonStore

/// Records given up because the store took none for too long.
struct DroppedRecords {
  private var count = 0
  private var from: Timestamp?
  private var to: Timestamp?

  mutating func add(_ records: ArraySlice<Connection>) {
    count += records.count
    from = from ?? records.first?.timestamp
    to = records.last?.timestamp ?? to
  }

  mutating func takeGap(host: String) -> Gap? {
    guard count > 0, let from, let to else { return nil }
    defer { self = DroppedRecords() }
    return Gap(host: host, from: from, to: to, count: count, reason: "the store took no records")
  }
}
