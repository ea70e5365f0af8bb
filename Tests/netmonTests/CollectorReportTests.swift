import Testing

@testable import netmon

/// What the processes of `serve --collect` tell each other, and when one is started again.
struct CollectorReportTests {
  @Test(
    arguments: [
      CollectorReport.collecting(tierLine: "kernel tier: all", leftovers: ""),
      .collecting(tierLine: "", leftovers: "netmon-1-2, netmon-3-4"),
      .failed(message: "no: such, thing", code: 4),
    ])
  func roundTrip(report: CollectorReport) {
    #expect(CollectorReport(text: report.text) == report)
  }

  @Test func whatItQuotesCannotEndALine() {
    let report = CollectorReport.failed(message: "a\nb\u{1B}[2J", code: 1)
    let read = CollectorReport(text: report.text)
    guard case .failed(let message, 1) = read else {
      Issue.record("\(String(describing: read))")
      return
    }
    #expect(!message.contains("\n") && !message.contains("\u{1B}"))
  }

  @Test(arguments: ["", "collecting", "collecting\na", "failed\nx\ny", "other\na\nb"])
  func otherTexts(text: String) {
    #expect(CollectorReport(text: text) == nil)
  }

  @Test func restarts() {
    var pace = RestartPace()
    let waits = (0..<8).map { _ in pace.next(afterRunning: .seconds(3)) }
    #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60].map { .seconds($0) })
    #expect(pace.next(afterRunning: .seconds(61)) == .seconds(1))
    #expect(pace.next(afterRunning: .zero) == .seconds(2))
  }
}
