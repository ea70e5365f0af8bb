import Foundation
import Logging
import NetmonCore
import Testing

@testable import netmon

/// Messages as lines of standard error.
struct MessageLineTests {
  private func style(_ format: LogFormat, isJournal: Bool = false) -> MessageStyle {
    MessageStyle(
      format: format, isJournal: isJournal, now: { Timestamp(microseconds: 1_795_341_600_000_000) })
  }

  private let failure = MessageLine(
    level: .error, message: "cannot deliver", metadata: ["waiting": "3", "error": "gone"])

  @Test(
    arguments: [
      (.notice, "netmon: started\n", "<5>started\n"),
      (.info, "netmon: started\n", "<6>started\n"),
      (.debug, "netmon: started\n", "<7>started\n"),
      (.trace, "netmon: started\n", "<7>started\n"),
      (.warning, "netmon: warning: started\n", "<4>warning: started\n"),
      (.error, "netmon: error: started\n", "<3>error: started\n"),
      (.critical, "netmon: critical: started\n", "<2>critical: started\n"),
    ] as [(Logger.Level, String, String)])
  func levels(level: Logger.Level, line: String, inJournal: String) {
    let message = MessageLine(level: level, message: "started")
    #expect(message.rendered(as: style(.text)) == line)
    #expect(message.rendered(as: style(.text, isJournal: true)) == inJournal)
  }

  @Test func metadataIsSorted() {
    #expect(
      failure.rendered(as: style(.text))
        == "netmon: error: cannot deliver (error: gone, waiting: 3)\n")
    let json = """
      {"time":"2026-11-22T10:00:00.000000Z","level":"error","message":"cannot deliver",\
      "metadata":{"error":"gone","waiting":"3"}}

      """
    #expect(failure.rendered(as: style(.json)) == json)
    #expect(failure.rendered(as: style(.json, isJournal: true)) == "<3>" + json)
  }

  /// A line is a line, and steers no terminal, whatever is in it.
  @Test(arguments: [
    "a\nb", "a\r\n<0>b", "\u{1B}]0;x\u{7}", "\u{9B}2J", "\u{202E}gnp", "\"},\"level\":\"trace",
    "\\", "\u{0}", "\u{2028}",
  ])
  func hostile(text: String) throws {
    let line = MessageLine(
      level: .warning, message: text,
      metadata: [text: .string(text), "list": .array([.string(text), .dictionary([text: "x"])])])
    for format in LogFormat.allCases {
      for isJournal in [true, false] {
        let rendered = line.rendered(as: style(format, isJournal: isJournal))
        #expect(rendered.hasSuffix("\n"))
        #expect(
          rendered.dropLast().unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) },
          "\(rendered)")
        #expect(!isJournal || rendered.hasPrefix("<4>"))
      }
    }
    let data = Data(line.rendered(as: style(.json)).utf8)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(object.keys) == ["time", "level", "message", "metadata"])
    #expect(object["level"] as? String == "warning")
    #expect(object["message"] as? String == text)
    let metadata = try #require(object["metadata"] as? [String: Any])
    #expect(metadata[text] as? String == text)
    #expect((metadata["list"] as? [Any])?.first as? String == text)
  }
}
