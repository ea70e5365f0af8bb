/// Costs side by side, as a Markdown table: medians with the least and the greatest value, and how
/// the medians relate to those of the row that all are compared with.
struct ComparisonTable {
  private struct Row {
    var name: String
    var sockets: Int
    var runs: [Measurement]

    var wall: Distribution { Distribution(runs.map(\.wall.milliseconds)) }
    var cpu: Distribution { Distribution(runs.map(\.cpu.milliseconds)) }
    var peakMemory: Distribution { Distribution(runs.map { Double($0.peakMemory) / 1_048_576 }) }
  }

  /// The name of the row that the ratios refer to.
  let reference: String
  private var rows: [Row] = []

  init(reference: String) {
    self.reference = reference
  }

  /// Adds a row, unless there are no runs.
  mutating func add(_ name: String, sockets: Int, _ runs: [Measurement]) {
    if !runs.isEmpty { rows.append(Row(name: name, sockets: sockets, runs: runs)) }
  }

  var markdown: String {
    let reference = rows.first { $0.name == self.reference }
    var lines = [
      "| | sockets | wall ms | CPU ms | peak MiB | wall ratio | CPU ratio | runs |",
      "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows {
      let cells = [
        row.name, "\(row.sockets)", row.wall.description, row.cpu.description,
        row.peakMemory.median.rounded(to: 1),
        ratio(row.wall, to: reference?.wall), ratio(row.cpu, to: reference?.cpu),
        "\(row.runs.count)",
      ]
      lines.append("| \(cells.joined(separator: " | ")) |")
    }
    return lines.joined(separator: "\n")
  }

  private func ratio(_ value: Distribution, to reference: Distribution?) -> String {
    guard let reference, reference.median > 0 else { return "" }
    return (value.median / reference.median).rounded(to: 2)
  }
}
