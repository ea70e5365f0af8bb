/// Prometheus's text format 0.0.4, read strictly
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct Exposition {
  struct Sample: Hashable {
    let name: String
    let labels: [String: String]
  }

  /// The kind of each family, by name.
  private(set) var kinds: [String: String] = [:]
  private(set) var values: [Sample: Double] = [:]
  /// What is not as the format asks.
  private(set) var mistakes: [String] = []

  init(_ text: String) {
    if !text.hasSuffix("\n") { mistakes.append("the last line has no end") }
    var family = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if let help = line.wholeMatch(of: /# HELP ([a-z_:][a-z0-9_:]*) (\S.*)/) {
        family = String(help.1)
        if kinds[family] != nil { mistakes.append("\(family) is there twice") }
      } else if let kind = line.wholeMatch(of: /# TYPE (\S+) (counter|gauge|histogram)/) {
        if kind.1 != family { mistakes.append("TYPE of \(kind.1) without HELP") }
        kinds[family] = String(kind.2)
        if (kind.2 == "counter") != family.hasSuffix("_total") {
          mistakes.append("\(family) is a \(kind.2)")
        }
      } else {
        read(line, of: family)
      }
    }
  }

  private mutating func read(_ line: Substring, of family: String) {
    guard
      let match = line.wholeMatch(
        of: /([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)/),
      let value = Double(match.3.replacing("Inf", with: "inf"))
    else { return mistakes.append("no sample: \(line)") }
    let suffix = match.1.dropFirst(family.count)
    let isOfFamily =
      match.1.hasPrefix(family)
      && (suffix.isEmpty
        || kinds[family] == "histogram" && ["_bucket", "_sum", "_count"].contains(suffix))
    if !isOfFamily { mistakes.append("\(match.1) stands in \(family)") }
    guard let labels = Self.labels(match.2 ?? "") else {
      return mistakes.append("no labels: \(line)")
    }
    let sample = Sample(name: String(match.1), labels: labels)
    if values.updateValue(value, forKey: sample) != nil { mistakes.append("twice: \(line)") }
  }

  private static func labels(_ text: Substring) -> [String: String]? {
    var labels: [String: String] = [:]
    var rest = text
    while !rest.isEmpty {
      guard let match = rest.prefixMatch(of: /([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/),
        labels.updateValue(unescaped(match.2), forKey: String(match.1)) == nil
      else { return nil }
      rest = rest[match.range.upperBound...]
    }
    return labels
  }

  private static func unescaped(_ text: Substring) -> String {
    var result = ""
    var isEscape = false
    for scalar in text.unicodeScalars {
      if isEscape {
        result.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
        isEscape = false
      } else if scalar == "\\" {
        isEscape = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The value of a sample, or nil if there is none.
  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    values[Sample(name: name, labels: labels)]
  }

  /// The samples of a name.
  func samples(_ name: String) -> [Sample] { values.keys.filter { $0.name == name } }
}
