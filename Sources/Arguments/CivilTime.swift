/// A date and a time of day in the Gregorian calendar, in UTC.
struct CivilTime: Equatable {
  /// Microseconds since 1970-01-01T00:00Z.
  let microseconds: Int64

  private static let microsecondsPerDay: Int64 = 86_400_000_000

  init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Reads `YYYY-MM-DD`, then optionally `T` or a space and `hh:mm[:ss[.f…]]`, then optionally
  /// `Z` or `±hh:mm`. Fractions beyond microseconds are dropped; leap seconds are not known.
  init?(_ text: String) {
    var fields = Fields(rest: text[...])
    guard let year = fields.number(digits: 4, in: 0...9999),
      fields.take("-"), let month = fields.number(digits: 2, in: 1...12),
      fields.take("-"), let day = fields.number(digits: 2, in: 1...31),
      day <= Self.days(inMonth: month, of: year)
    else { return nil }
    var time = Self.days(toYear: year, month: month, day: day) * Self.microsecondsPerDay
    if fields.take("T") || fields.take("t") || fields.take(" ") {
      guard let timeOfDay = fields.timeOfDay(), let offset = fields.offset() else { return nil }
      time += timeOfDay - offset
    }
    guard fields.rest.isEmpty else { return nil }
    microseconds = time
  }

  /// The time as RFC 3339 text in UTC, as short as possible: a date alone at midnight.
  var text: String {
    let (days, time) = microseconds.flooredQuotientAndRemainder(by: Self.microsecondsPerDay)
    let (year, month, day) = Self.date(ofDay: days)
    let date = "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    if time == 0 { return date }
    let (seconds, fraction) = time.quotientAndRemainder(dividingBy: 1_000_000)
    var clock = "\(padded(seconds / 3600, to: 2)):\(padded(seconds / 60 % 60, to: 2))"
    if seconds % 60 != 0 || fraction != 0 { clock += ":\(padded(seconds % 60, to: 2))" }
    if fraction != 0 { clock += ".\(padded(fraction, to: 6))" }
    return "\(date)T\(clock)Z"
  }

  private static func days(inMonth month: Int64, of year: Int64) -> Int64 {
    let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return switch month {
    case 2: isLeapYear ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  // Both directions count days in 400-year eras of years that start in March, so that the leap day
  // is a year's last (Howard Hinnant, "chrono-compatible low-level date algorithms").

  private static func days(toYear year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month > 2 ? year : year - 1
    let (era, yearOfEra) = year.flooredQuotientAndRemainder(by: 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(ofDay days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = (monthFromMarch + 2) % 12 + 1
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }
}

/// The fields of a time, read from the front of a text.
private struct Fields {
  var rest: Substring

  mutating func take(_ character: Character) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  mutating func number(digits: Int, in range: ClosedRange<Int64>) -> Int64? {
    let text = rest.prefix(digits)
    guard text.count == digits, text.allSatisfy(\.isASCIIDigit) else { return nil }
    rest = rest.dropFirst(digits)
    return Int64(text).flatMap { range.contains($0) ? $0 : nil }
  }

  /// Reads `hh:mm[:ss[.f…]]` as microseconds since midnight.
  mutating func timeOfDay() -> Int64? {
    guard let minutes = hoursAndMinutes() else { return nil }
    guard take(":") else { return minutes * 60_000_000 }
    guard let seconds = number(digits: 2, in: 0...59) else { return nil }
    var microseconds: Int64 = 0
    if take(".") {
      let digits = rest.removePrefix(while: \.isASCIIDigit)
      guard !digits.isEmpty, let value = Int64((digits + "00000").prefix(6)) else { return nil }
      microseconds = value
    }
    return (minutes * 60 + seconds) * 1_000_000 + microseconds
  }

  /// Reads `Z`, `±hh:mm` or nothing as microseconds east of UTC.
  mutating func offset() -> Int64? {
    if rest.isEmpty || take("Z") || take("z") { return 0 }
    let isWest = rest.first == "-"
    guard take("+") || take("-"), let minutes = hoursAndMinutes() else { return nil }
    return (isWest ? -minutes : minutes) * 60_000_000
  }

  private mutating func hoursAndMinutes() -> Int64? {
    guard let hours = number(digits: 2, in: 0...23), take(":"),
      let minutes = number(digits: 2, in: 0...59)
    else { return nil }
    return hours * 60 + minutes
  }
}

private func padded(_ number: Int64, to width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
  /// The quotient rounded down and the remainder that is never negative.
  fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
