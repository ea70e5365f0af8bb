import Foundation
import Testing

/// The manual page is one that readers of such pages understand.
@Suite("netmon manual")
struct ManualTests {
  @Test(
    "mandoc has nothing to say against it",
    .enabled(if: ChildProcess.find("mandoc") != nil, "needs mandoc (Debian: mandoc)"))
  func lint() async throws {
    let result = try await Netmon.shell("netmon manual | mandoc -T lint -W style")
    #expect(result.status == 0)
    #expect(result.output == "")
    #expect(result.errors == "")
  }

  @Test(
    "It reads as the help does",
    .enabled(if: ChildProcess.find("mandoc") != nil, "needs mandoc (Debian: mandoc)"))
  func text() async throws {
    let result = try await Netmon.shell("netmon manual | mandoc -T utf8 -O width=200 | col -b")
    for part in [
      "netmon – what connected to what", "--fields FIELDS", "-n, --limit NUMBER", "NETMON_SERVER",
      "error:ECONNREFUSED", "FILTER LANGUAGE", "EXIT STATUS", "netmon query error:any since:1h",
      "\\x1b or \\u{202e}",
    ] {
      #expect(result.output.contains(part), "\(part)")
    }
  }
}
