import Testing

@testable import NetmonCollector

@Suite struct PaceTests {
  @Test func looksAreRareUnlessThereIsReason() {
    var pace = Pace(longest: 500, shortest: 100)
    #expect(pace.isDue(at: 0))
    pace.note(begin: 1000, cost: 1)
    #expect(!pace.isDue(at: 1499))
    #expect(pace.isDue(at: 1500))
    pace.hurry()
    #expect(!pace.isDue(at: 1099))
    #expect(pace.isDue(at: 1100))
    pace.note(begin: 1100, cost: 1)
    #expect(!pace.isDue(at: 1200))
  }

  @Test func dearLooksTakeATwentiethOfTheTime() {
    var pace = Pace(longest: 500, shortest: 100)
    pace.note(begin: 0, cost: 50)
    pace.hurry()
    #expect(!pace.isDue(at: 999))
    #expect(pace.isDue(at: 1000))
  }
}
