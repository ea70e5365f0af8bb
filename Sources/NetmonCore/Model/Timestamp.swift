/// A moment in UTC, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// Records accept 2015 to 2049: the range in which the store's time-ordered ids are positive and
/// exact in JavaScript numbers.
public struct Timestamp: Hashable, Comparable, Sendable {
  public var microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// What a record may carry: from 2015-01-01 up to, but not including, 2050-01-01.
  public static let valid =
    Timestamp(microseconds: 1_420_070_400_000_000)..<Timestamp(microseconds: 2_524_608_000_000_000)

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

  /// The time from `earlier` to this moment, in microseconds; negative if it is later.
  public func microseconds(since earlier: Timestamp) -> Int64 {
    microseconds - earlier.microseconds
  }

  public func advanced(byMicroseconds delta: Int64) -> Timestamp {
    let (sum, overflow) = microseconds.addingReportingOverflow(delta)
    return Timestamp(microseconds: overflow ? (delta < 0 ? .min : .max) : sum)
  }
}

// MARK: - Calendar

extension Timestamp {
  /// Days since 1970-01-01 of a civil date (proleptic Gregorian, era-based arithmetic).
  static func days(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The civil date of a day counted from 1970-01-01.
  static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }
}

// MARK: - RFC 3339

extension Timestamp: LosslessStringConvertible {
  /// RFC 3339 in UTC with six digits of fraction: `2026-11-22T10:00:00.000000Z`.
  public var description: String {
    String(unsafeUninitializedCapacity: 40) { buffer in
      var count = 0
      func put(_ value: Int, width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
          buffer[count] = UInt8(48 + value / divisor % 10)
          count += 1
          divisor /= 10
        }
      }
      func put(_ ascii: Unicode.Scalar) {
        buffer[count] = UInt8(ascii: ascii)
        count += 1
      }
      // Within four-digit years, which is all that RFC 3339 can write.
      let clamped = min(max(microseconds, -62_167_219_200_000_000), 253_402_300_799_999_999)
      let (seconds, micros) = Self.divide(Int(clamped), by: 1_000_000)
      let (days, second) = Self.divide(seconds, by: 86_400)
      let date = Self.date(days: days)
      put(date.year, width: 4)
      put("-")
      put(date.month, width: 2)
      put("-")
      put(date.day, width: 2)
      put("T")
      put(second / 3600, width: 2)
      put(":")
      put(second / 60 % 60, width: 2)
      put(":")
      put(second % 60, width: 2)
      put(".")
      put(micros, width: 6)
      put("Z")
      return count
    }
  }

  /// Floor division: the remainder is never negative.
  private static func divide(_ number: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  /// Parses RFC 3339 as people write it: a date alone, minutes without seconds, any number of
  /// fraction digits (those beyond microseconds are dropped), `Z`, an offset or neither (UTC),
  /// and a space instead of the `T`.
  public init?(_ text: String) {
    var copy = text
    guard let parsed = copy.withUTF8({ Timestamp(utf8: $0) }) else { return nil }
    self = parsed
  }

  /// Parses the same text from its bytes.
  public init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    guard (10...64).contains(bytes.count) else { return nil }
    var index = 0

    func number(_ digits: Int) -> Int? {
      guard index + digits <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[index..<index + digits] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      index += digits
      return value
    }
    func skip(_ ascii: Unicode.Scalar) -> Bool {
      guard index < bytes.count, bytes[index] == UInt8(ascii: ascii) else { return false }
      index += 1
      return true
    }

    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2),
      (1...12).contains(month), day >= 1, day <= Self.lastDay(year: year, month: month)
    else { return nil }
    var seconds = Self.days(year: year, month: month, day: day) * 86_400
    var micros = 0
    if index < bytes.count {
      guard skip("T") || skip("t") || skip(" "), let hour = number(2), skip(":"),
        let minute = number(2), hour < 24, minute < 60
      else { return nil }
      seconds += hour * 3600 + minute * 60
      if skip(":") {
        // RFC 3339 §5.7 allows a leap second; POSIX time has none, so it is the next minute's 0.
        guard let second = number(2), second <= 60 else { return nil }
        seconds += second
        if skip(".") {
          var scale = 100_000
          let start = index
          while let digit = number(1) {
            micros += digit * scale
            scale /= 10
          }
          guard index > start else { return nil }
        }
      }
      if skip("Z") || skip("z") {
      } else if index < bytes.count {
        let east = skip("+")
        guard east || skip("-"), let hours = number(2), skip(":"), let minutes = number(2),
          hours < 24, minutes < 60
        else { return nil }
        seconds -= (east ? 1 : -1) * (hours * 3600 + minutes * 60)
      }
    }
    guard index == bytes.count else { return nil }
    microseconds = Int64(seconds) * 1_000_000 + Int64(micros)
  }

  private static func lastDay(year: Int, month: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}
