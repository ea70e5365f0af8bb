import Testing

@testable import NetmonKernel

/// Final figures are left out where sockets end so fast that telling them slows down the host.
@Suite struct FiguresRateTests {
  private static let second: UInt64 = 1_000_000_000

  /// Whether figures are borne after each of so many seconds with a rate.
  private func decide(_ rates: [Int]) -> [Bool] {
    var rate = FiguresRate()
    var now: UInt64 = 5 * Self.second
    _ = rate.isBearable(ended: 0, at: now)
    return rates.map { count in
      var isBearable = true
      for _ in 0..<10 {
        now += Self.second / 10
        isBearable = rate.isBearable(ended: count / 10, at: now)
      }
      return isBearable
    }
  }

  @Test func usualRatesAreBorne() {
    #expect(decide([0, 4000, 9000, 9900]) == [true, true, true, true])
  }

  @Test func aFloodIsNot() {
    #expect(decide([9000, 30_000, 9000, 9000]) == [true, false, false, false])
  }

  @Test func theyComeAgainAfterSomeCalmSeconds() {
    #expect(
      decide([30_000, 100, 100, 100, 7000, 100, 100, 100, 100, 100, 100])
        == [false, false, false, false, false, false, false, false, false, true, true])
  }

  @Test func oneBurstInABatchCounts() {
    var rate = FiguresRate()
    _ = rate.isBearable(ended: 0, at: 0)
    let isBearable = rate.isBearable(ended: 6000, at: Self.second / 2)
    #expect(!isBearable)
  }
}
