import NetmonCore
import TestSupport
import Testing

@testable import NetmonStore

/// Whole hours, less what is too much, plus what lacks, are the span.
@Suite struct RolledUpSpanTests {
  private static let hour = Counted.hourWidth

  private static func time(_ hours: Double) -> Timestamp {
    Timestamp(microseconds: Int64(hours * Double(hour)))
  }

  @Test func endsGoToTheNearestHour() throws {
    let span = try #require(
      RolledUpSpan(Self.time(10.25)...Self.time(13.25), oldest: 0, newest: Self.time(99)))
    #expect(span.hours == 10...12)
    #expect(span.removed.map(\.lowerBound) == [Self.time(10)])
    #expect(span.added == [Self.time(13)...Self.time(13.25)])
  }

  @Test func beyondTheRowsNothingIsRead() throws {
    let span = try #require(
      RolledUpSpan(Self.time(1.4)...Self.time(50.6), oldest: 10, newest: Self.time(20.1)))
    #expect(
      span == RolledUpSpan(Self.time(10)...Self.time(20.1), oldest: 10, newest: Self.time(20.1)))
    #expect(span.hours == 10...20)
    #expect(span.added.isEmpty && span.removed.isEmpty)
  }

  /// What is asked up to now ends shortly before rows that were written meanwhile.
  @Test func theLastRowEndsItsHour() throws {
    let span = try #require(
      RolledUpSpan(Self.time(10)...Self.time(20.3), oldest: 0, newest: Self.time(20.31)))
    #expect(span.hours == 10...20)
    #expect(span.added.isEmpty)
    let after = Timestamp(microseconds: Self.time(20.3).microseconds + 1)
    #expect(span.removed == [after...Self.time(20.31)])
  }

  @Test func tooShortASpanHasNoHours() {
    #expect(
      RolledUpSpan(Self.time(10.3)...Self.time(10.45), oldest: 0, newest: Self.time(99)) == nil)
    #expect(
      RolledUpSpan(Self.time(30)...Self.time(31), oldest: 0, newest: Self.time(20)) == nil)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func theSumIsTheSpan(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    func random() -> Int64 { Int64.random(in: 0..<30 * Self.hour, using: &generator) }
    let (a, b) = (random(), random())
    let bounds = Timestamp(microseconds: min(a, b))...Timestamp(microseconds: max(a, b))
    let oldest = random() / Self.hour
    let newest = Timestamp(microseconds: oldest * Self.hour + random())
    guard let span = RolledUpSpan(bounds, oldest: oldest, newest: newest) else { return }
    for _ in 0..<200 {
      let time = Timestamp(
        microseconds: Int64.random(
          in: oldest * Self.hour...newest.microseconds, using: &generator))
      let count =
        (span.hours.contains(time.microseconds / Self.hour) ? 1 : 0)
        + span.added.count { $0.contains(time) } - span.removed.count { $0.contains(time) }
      #expect(count == (bounds.contains(time) ? 1 : 0), "\(time) in \(bounds)")
    }
    for part in span.added + span.removed {
      #expect(part.upperBound.microseconds(since: part.lowerBound) <= Self.hour / 2)
    }
  }
}
