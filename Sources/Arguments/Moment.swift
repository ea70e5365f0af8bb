/// A time on the command line: so long ago, or an absolute time in UTC.
package enum Moment: Hashable, Sendable {
  /// A time before the present; `now` is zero ago.
  case ago(Duration)

  /// Microseconds since 1970-01-01T00:00Z.
  case at(microseconds: Int64)

  /// The time in microseconds since 1970-01-01T00:00Z, no earlier than a 64-bit number can say,
  /// when the present is `now` in the same unit.
  package func resolve(now: Int64) -> Int64 {
    switch self {
    case .at(let microseconds):
      return microseconds
    case .ago(let duration):
      let (seconds, attoseconds) = duration.components
      let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
      let (length, overflows) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
      let (time, underflows) = now.subtractingReportingOverflow(length)
      return isTooLong || overflows || underflows ? .min : time
    }
  }
}

extension Moment: ArgumentValue {
  /// Reads `now`, a duration such as `1h30m`, a date or an RFC 3339 time.
  ///
  /// Seconds may be left out, and a time without an offset is in UTC: `2026-11-22T10:00`.
  package init(argument text: String) throws(InvalidValue) {
    if text == "now" {
      self = .ago(.zero)
    } else if let duration = try? Duration(argument: text) {
      self = .ago(duration)
    } else if let time = CivilTime(text) {
      self = .at(microseconds: time.microseconds)
    } else {
      throw .isNot(Self.expectation)
    }
  }

  package var argument: String {
    switch self {
    case .ago(.zero): "now"
    case .ago(let duration): duration.argument
    case .at(let microseconds): CivilTime(microseconds: microseconds).text
    }
  }

  package static var placeholder: String { "TIME" }
  package static var expectation: String { "a time such as 2h, 2026-11-22 or 2026-11-22T10:00Z" }
  package static var completion: Completion { .suggestions(["now"]) }
}
