import NetmonCore
import Testing

@testable import netmon

/// Numbers as people read them.
struct QuantityTests {
  private static let now = Timestamp(microseconds: 1_800_000_000_000_000)

  @Test(arguments: [
    (0, "0s ago"), (59, "59s ago"), (60, "1m ago"), (3599, "59m ago"), (3600, "1h ago"),
    (86_399, "23h ago"), (86_400, "1d ago"), (86_400 * 400, "400d ago"), (-5, "0s ago"),
  ])
  func ages(seconds: Int64, text: String) {
    let time = Self.now.advanced(byMicroseconds: -seconds * 1_000_000)
    #expect(age(of: time, at: Self.now) == text)
  }

  @Test(
    arguments: [
      (0, "0us"), (830, "830us"), (1000, "1ms"), (1234, "1.2ms"), (9960, "10ms"), (45_678, "46ms"),
      (1_500_000, "1.5s"), (90_000_000, "1.5m"), (7_200_000_000, "2h"), (.max, "106751991d"),
    ] as [(Int64, String)])
  func durations(microseconds: Int64, text: String) {
    #expect(durationText(microseconds: microseconds) == text)
  }

  @Test(
    arguments: [(0, "0B"), (999, "999B"), (1000, "1kB"), (1_250_000, "1.3MB"), (.max, "9223372TB")]
      as [(Int64, String)])
  func sizes(bytes: Int64, text: String) {
    #expect(sizeText(bytes: bytes) == text)
  }

  @Test(arguments: [
    (10, 1, "10/s"), (1, 1, "1/s"), (1, 2, "30/min"), (3, 3600, "3/h"), (1, 86_400, "1/d"),
    (1, 864_000, "0.1/d"), (1, 86_400_000, "<0.1/d"), (5, 0, "5/s"), (90, 60, "1.5/s"),
  ])
  func rates(count: Int, seconds: Int64, text: String) {
    #expect(rateText(count: count, microseconds: seconds * 1_000_000) == text)
  }

  @Test(arguments: [
    (0, 0, "-"), (0, 5, "0%"), (5, 5, "100%"), (1, 1000, "<1%"), (999, 1000, "99%"), (1, 2, "50%"),
  ])
  func percentages(part: Int, whole: Int, text: String) {
    #expect(percentText(of: part, in: whole) == text)
  }

  @Test(
    arguments: [
      ([], 4, ""), ([0, 0], 4, "··"), ([1, 8, 4, 0], 4, "▁█▄·"), ([1, 0, 0, 7], 2, "▂█"),
      ([1, 1000], 2, "▁█"), ([3, 3, 3], 2, "█▄"),
    ] as [([Int], Int, String)])
  func sparklines(counts: [Int], width: Int, text: String) {
    #expect(Sparkline.text(counts, width: width) == text)
  }
}
