import NetmonCore
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00.000000Z", 0), ("2015-01-01T00:00:00.000000Z", 1_420_070_400_000_000),
    ("2024-02-29T23:59:59.999999Z", 1_709_251_199_999_999),
    ("1969-12-31T23:59:59.999999Z", -1), ("0000-01-01T00:00:00.000000Z", -62_167_219_200_000_000),
    ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ("2000-03-01T00:00:00.000001Z", 951_868_800_000_001),
  ])
  func canonicalText(text: String, microseconds: Int64) {
    #expect(Timestamp(microseconds: microseconds).description == text)
    #expect(Timestamp(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    ("2026-11-22", "2026-11-22T00:00:00.000000Z"),
    ("2026-11-22T10:00Z", "2026-11-22T10:00:00.000000Z"),
    ("2026-11-22 10:00:01", "2026-11-22T10:00:01.000000Z"),
    ("2026-11-22t10:00:00.5z", "2026-11-22T10:00:00.500000Z"),
    ("2026-11-22T10:00:00.123456789Z", "2026-11-22T10:00:00.123456Z"),
    ("2026-11-22T10:00:00+02:00", "2026-11-22T08:00:00.000000Z"),
    ("2026-11-22T23:30:00-01:00", "2026-11-23T00:30:00.000000Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
  ])
  func asPeopleWriteIt(text: String, canonical: String) {
    #expect(Timestamp(text)?.description == canonical)
  }

  @Test(arguments: [
    "", "now", "2026", "2026-11", "2026-13-01", "2026-00-01", "2026-02-29", "2026-11-31",
    "2026-11-22T", "2026-11-22T24:00Z", "2026-11-22T10:60Z", "2026-11-22T10:00:61Z",
    "2026-11-22T10:00:00.Z", "2026-11-22T10:00:00+2", "2026-11-22T10:00:00+24:00",
    "2026-11-22T10:00:00ZZ", "26-11-22T10:00:00Z", "2026-11-22T10Z", "-026-11-22",
  ])
  func isNoTime(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func beyondFourDigitsIsTheLastThatCanBeWritten() {
    #expect(Timestamp(microseconds: .min).description == "0000-01-01T00:00:00.000000Z")
    #expect(Timestamp(microseconds: .max).description == "9999-12-31T23:59:59.999999Z")
  }

  /// Each day of the range that records may have, against a count of its own.
  @Test func everyDay() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var day: Int64 = Timestamp.valid.lowerBound.microseconds / 86_400_000_000
    for year in 2015..<2050 {
      let isLeap = year % 4 == 0
      for month in 1...12 {
        for date in 1...(lengths[month - 1] + (isLeap && month == 2 ? 1 : 0)) {
          let time = Timestamp(microseconds: day * 86_400_000_000 + 45_296_000_007)
          func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
          let text = "\(year)-\(two(month))-\(two(date))T12:34:56.000007Z"
          guard time.description == text, Timestamp(text) == time else {
            Issue.record("\(text) against \(time)")
            return
          }
          day += 1
        }
      }
    }
    #expect(day == Timestamp.valid.upperBound.microseconds / 86_400_000_000)
  }
}
