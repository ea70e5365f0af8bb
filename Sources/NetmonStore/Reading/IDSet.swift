/// A set of row ids that takes a bit for each where they lie close together.
struct IDSet {
  private var pages: [Int64: [UInt64]] = [:]
  private static let wordsPerPage = 64

  mutating func insert(_ id: Int64) {
    pages[id >> 12, default: Array(repeating: 0, count: Self.wordsPerPage)][Int(id >> 6 & 63)] |=
      1 << UInt64(id & 63)
  }

  func contains(_ id: Int64) -> Bool {
    guard let page = pages[id >> 12] else { return false }
    return page[Int(id >> 6 & 63)] & 1 << UInt64(id & 63) != 0
  }
}
