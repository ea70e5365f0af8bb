import Arguments
import Foundation
import Testing

@testable import netmon

/// `docs/cli.md` says what the declarations say.
@Suite struct CommandReferenceTests {
  private static let file = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs/cli.md")

  @Test func theReferenceIsUpToDate() throws {
    let reference = Netmon.command.markdownReference
    if ProcessInfo.processInfo.environment["NETMON_UPDATE_DOCS"] != nil {
      try Data(reference.utf8).write(to: Self.file)
    }
    let written = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(
      written == reference,
      "run: NETMON_UPDATE_DOCS=1 swift test --filter CommandReferenceTests")
  }
}
