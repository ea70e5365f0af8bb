import NetmonCore

/// Writes figures in Prometheus's text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct MetricsWriter {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  enum Kind: String {
    case counter, gauge, histogram
  }

  private(set) var text = ""

  /// A family with one value.
  mutating func metric(
    _ name: String, _ kind: Kind, _ help: String, _ value: some MetricValue
  ) {
    family(name, kind, help) { $0.sample(name, value) }
  }

  /// A family; `body` writes its samples.
  mutating func family(
    _ name: String, _ kind: Kind, _ help: String, _ body: (inout MetricsWriter) -> Void
  ) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    body(&self)
  }

  mutating func sample(
    _ name: String, of labels: KeyValuePairs<String, String> = [:], _ value: some MetricValue
  ) {
    text += name
    if !labels.isEmpty {
      let pairs = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
      text += "{\(pairs.joined(separator: ","))}"
    }
    text += " \(value.metric)\n"
  }

  /// The format knows escapes for these three only. Other control characters would be passed on to
  /// whatever shows the labels, so they are made visible, as on a terminal; there a backslash of the
  /// text itself is doubled, as two names must not become one label.
  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in terminalSafe(text.replacing("\\", with: "\\\\")).unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

/// A number as the format writes it.
protocol MetricValue {
  var metric: String { get }
}

extension Int: MetricValue {
  var metric: String { description }
}

extension Int64: MetricValue {
  var metric: String { description }
}

extension Double: MetricValue {
  var metric: String {
    if isNaN { return "NaN" }
    return isInfinite ? (self > 0 ? "+Inf" : "-Inf") : description
  }
}
