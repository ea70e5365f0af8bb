/// How long questions took, as a Markdown table with what is aimed at.
struct LatencyTable {
  private var rows: [String] = []

  mutating func add(_ question: StoreQuestion, _ inside: [Double], _ outside: [Double]) {
    let cells = [
      question.name, Self.text(inside), "\(Int(question.aim))", Self.text(outside),
      question.aimOverHTTP.map { "\(Int($0))" } ?? "",
    ]
    rows.append("| \(cells.joined(separator: " | ")) |")
  }

  /// The median and the 95th percentile, as two cells.
  private static func text(_ values: [Double]) -> String {
    let sorted = values.sorted()
    let p95 = sorted[min(sorted.count * 95 / 100, sorted.count - 1)]
    return "\(Distribution(values).median.rounded(to: 1)) | \(p95.rounded(to: 1))"
  }

  var markdown: String {
    let heading = """
      | ms | store p50 | p95 | aim | HTTP p50 | p95 | aim |
      |---|--:|--:|--:|--:|--:|--:|
      """
    return ([heading] + rows).joined(separator: "\n")
  }
}
