import NetmonCore

/// How long ago a time was, in its largest unit: `5s ago`, `3h ago`.
func age(of timestamp: Timestamp, at now: Timestamp) -> String {
  let seconds = max(0, now.microseconds(since: timestamp) / 1_000_000)
  return switch seconds {
  case ..<60: "\(seconds)s ago"
  case ..<3600: "\(seconds / 60)m ago"
  case ..<86_400: "\(seconds / 3600)h ago"
  default: "\(seconds / 86_400)d ago"
  }
}

/// A duration in microseconds as people read it: `830us`, `1.2ms`, `45s`, `3m`.
func durationText(microseconds: Int64) -> String {
  let units: [(name: String, size: Int64)] = [
    ("us", 1), ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000),
    ("d", 86_400_000_000),
  ]
  return quantity(microseconds, units)
}

/// A size in bytes as people read it: `830B`, `1.2kB`, `45MB`.
func sizeText(bytes: Int64) -> String {
  let units: [(name: String, size: Int64)] = [
    ("B", 1), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
  ]
  return quantity(bytes, units)
}

/// How often something happened in a span of so many microseconds, in the smallest unit of time
/// that leaves a number of at least one: `12/s`, `1.5/min`, `0.2/d`.
func rateText(count: Int, microseconds: Int64) -> String {
  let seconds = Double(max(microseconds, 1_000_000)) / 1_000_000
  let units = [("s", 1.0), ("min", 60), ("h", 3600), ("d", 86_400)]
  let rates = units.map { (Double(count) / seconds * $0.1, $0.0) }
  guard let (rate, unit) = rates.first(where: { $0.0 >= 0.995 }) ?? rates.last else { return "" }
  // Less than a tenth is more readable as that than as a zero.
  return (rate < 0.05 ? "<0.1" : decimal(rate)) + "/" + unit
}

/// What part of all worked: `98%`. All and none are said only where it is so.
func percentText(of part: Int, in whole: Int) -> String {
  guard whole > 0 else { return "-" }
  let percent = part * 100 / whole
  return part > 0 && percent == 0 ? "<1%" : "\(percent)%"
}

/// A number in the largest unit in which it is at least one.
private func quantity(_ number: Int64, _ units: [(name: String, size: Int64)]) -> String {
  let unit = units.last { $0.size <= number } ?? units[0]
  if unit.size == 1 { return "\(number)\(unit.name)" }
  return decimal(Double(number) / Double(unit.size)) + unit.name
}

/// One decimal below ten, none from there on or where it is zero.
private func decimal(_ number: Double) -> String {
  let tenths = (number * 10).rounded()
  guard tenths < 100, tenths.truncatingRemainder(dividingBy: 10) != 0 else {
    return "\(Int64(number.rounded()))"
  }
  return "\(tenths / 10)"
}
