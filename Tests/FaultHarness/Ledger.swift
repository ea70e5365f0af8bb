import Foundation
import NetmonCore

/// What a store was seen to have committed, in a file of its own: a line for each record, with its
/// number and its revision.
struct Ledger {
  private let file: Int32

  init(path: String) throws {
    file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FaultError.system("open \(path)", errno: errno) }
  }

  /// Enters records that the store has accepted, in one call, which a kill does not divide.
  func enter(_ records: [Connection]) throws {
    let lines = records.map { "\($0.origin?.number ?? 0) \($0.revision)\n" }.joined()
    guard lines.withCString({ write(file, $0, strlen($0)) }) == lines.utf8.count else {
      throw FaultError.system("write", errno: errno)
    }
  }

  /// The newest revision of each number.
  static func read(_ path: String) throws -> [Int64: Int64] {
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    var revisions: [Int64: Int64] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ").compactMap { Int64($0) }
      guard words.count == 2 else { throw FaultError.broken("the ledger says '\(line)'") }
      revisions[words[0]] = max(words[1], revisions[words[0], default: 0])
    }
    return revisions
  }
}
