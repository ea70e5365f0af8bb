import Arguments
import Foundation
import NetmonCore
import Testing

@testable import netmon

/// The documents that are generated say what the code says.
@Suite struct CommandReferenceTests {
  private static let documents = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs")

  @Test func theCommandReferenceIsUpToDate() throws {
    try expect(Netmon.command.markdownReference(appendices: Netmon.appendices), in: "cli.md")
  }

  @Test func theErrorCatalogIsUpToDate() throws {
    let introduction = """
      <!-- Generated from the program's own catalog; do not edit. -->

      # Errors

      What each error means, what usually brings it about, and what to look at next. \
      `netmon errors --explain NAME` prints the same.


      """
    let sections = ErrorCatalog.all.map(\.markdown).joined(separator: "\n")
    try expect(introduction + sections, in: "errors.md")
  }

  private func expect(_ text: String, in name: String) throws {
    let file = Self.documents.appending(path: name)
    if ProcessInfo.processInfo.environment["NETMON_UPDATE_DOCS"] != nil {
      try Data(text.utf8).write(to: file)
    }
    #expect(
      try String(contentsOf: file, encoding: .utf8) == text,
      "run: NETMON_UPDATE_DOCS=1 swift test --filter CommandReferenceTests")
  }
}
