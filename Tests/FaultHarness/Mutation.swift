import Foundation
import TestSupport

/// A way to damage a database and what SQLite keeps beside it.
enum Mutation: String, CaseIterable {
  case flippedBits = "flipped bits"
  case flippedLog = "flipped bits in the log"
  case flippedHeader = "flipped bits in the header"
  case truncated = "truncated"
  case truncatedLog = "truncated log"
  case zeroedPages = "zeroed pages"
  case randomPages = "pages of noise"
  case swappedPages = "swapped pages"
  case longer = "something appended"
  case noLog = "no log"
  case noIndex = "no index of the log"
  case damagedIndex = "damaged index of the log"
  case swappedFiles = "swapped files"
  case emptied = "emptied"

  /// Whether pages of the database file may hold another thing afterwards, which nothing but their
  /// structure could betray. Otherwise each record that is shown must be one that was written:
  /// frames of the log have checksums, and without the last of them it is an earlier state.
  var changesPages: Bool {
    switch self {
    // Where the log knows how long it was, what was cut off is read as zeros.
    case .flippedBits, .flippedHeader, .truncated, .zeroedPages, .randomPages, .swappedPages: true
    case .flippedLog, .truncatedLog, .longer, .noLog, .noIndex, .damagedIndex,
      .swappedFiles, .emptied:
      false
    }
  }

  private static let page = 4096

  /// Damages the database at `path`.
  func apply(to path: String, _ chance: inout SplitMix) throws {
    let (log, index) = (path + "-wal", path + "-shm")
    switch self {
    case .flippedBits: try edit(path) { flip(&$0, 1 << chance.below(8), &chance) }
    case .flippedLog: try edit(log) { flip(&$0, 1 << chance.below(8), &chance) }
    case .flippedHeader:
      try edit(path) { $0[chance.below(100)] ^= 1 << UInt8(chance.below(8)) }
    case .truncated: try edit(path) { $0.removeLast(1 + chance.below($0.count)) }
    case .truncatedLog: try edit(log) { $0.removeLast(1 + chance.below($0.count)) }
    case .zeroedPages:
      try overwrite(path, &chance) { _ in 0 }
    case .randomPages:
      try overwrite(path, &chance) { UInt8.random(in: 0...255, using: &$0) }
    case .swappedPages:
      try edit(path) { data in
        let pages = data.count / Self.page
        let (a, b) = (Self.range(chance.below(pages)), Self.range(chance.below(pages)))
        let bytes = Data(data[a])
        data.replaceSubrange(a, with: Data(data[b]))
        data.replaceSubrange(b, with: bytes)
      }
    case .longer:
      try edit(path) { $0.append(Data(count: 1 + chance.below(3 * Self.page))) }
    case .noLog: unlink(log)
    case .noIndex: unlink(index)
    case .damagedIndex: try edit(index) { flip(&$0, 64, &chance) }
    case .swappedFiles:
      let (database, other) = (try Data(contentsOf: url(path)), try Data(contentsOf: url(log)))
      try other.write(to: url(path))
      try database.write(to: url(log))
    case .emptied: try Data().write(to: url(chance.below(2) == 0 ? path : log))
    }
  }

  private func url(_ path: String) -> URL { URL(fileURLWithPath: path) }

  private func edit(_ path: String, _ body: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: url(path))
    if !data.isEmpty { body(&data) }
    try data.write(to: url(path))
  }

  private func flip(_ data: inout Data, _ count: Int, _ chance: inout SplitMix) {
    for _ in 0..<count { data[chance.below(data.count)] ^= 1 << UInt8(chance.below(8)) }
  }

  private func overwrite(
    _ path: String, _ chance: inout SplitMix, _ byte: (inout SplitMix) -> UInt8
  ) throws {
    try edit(path) { data in
      let pages = max(1, data.count / Self.page)
      for _ in 0...chance.below(3) {
        for index in Self.range(chance.below(pages)) where index < data.count {
          data[index] = byte(&chance)
        }
      }
    }
  }

  private static func range(_ number: Int) -> Range<Int> { number * page..<(number + 1) * page }
}
