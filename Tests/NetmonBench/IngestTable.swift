/// What ingesting costs, as a Markdown table.
struct IngestTable {
  private struct Row {
    var name: String
    var rate: Double?
    /// CPU time a record.
    var cpu: Duration
    var rowSize: Double?
    var memory: String = ""
  }

  private let records: Int
  private var rows: [Row] = []
  private var server: Row?

  init(records: Int) {
    self.records = records
  }

  /// Adds the server, to which the others are compared.
  mutating func add(_ run: IngestRun, rowSize: Double) {
    let megabytes = [run.memory.quarter, run.memory.end].map {
      (Double($0) / 1_048_576).rounded(to: 1)
    }
    let refusals = run.refusals > 0 ? " (asked to wait \(run.refusals) times)" : ""
    let row = Row(
      name: "`netmon serve`, over HTTP\(refusals)",
      rate: Double(records) / (run.wall / .seconds(1)),
      cpu: run.cpu / records, rowSize: rowSize,
      memory: "\(megabytes[0]) → \(megabytes[1])")
    server = row
    rows.append(row)
  }

  /// Adds something that the server is compared with.
  mutating func add(
    _ name: String, _ cost: Measurement, records: Int? = nil, rowSize: Double? = nil
  ) {
    let records = records ?? self.records
    rows.append(
      Row(
        name: name, rate: Double(records) / (cost.wall / .seconds(1)), cpu: cost.cpu / records,
        rowSize: rowSize))
  }

  /// Adds a piece of the work on its own.
  mutating func addStage(_ name: String, _ cpu: Duration, records: Int) {
    rows.append(Row(name: name, rate: nil, cpu: cpu / max(records, 1)))
  }

  var markdown: String {
    let lines = rows.map { row in
      let rate = row.rate.map { "\(Int($0.rounded()))" } ?? ""
      let ratio = row.rate.flatMap { rate in
        (server?.rate).map { ($0 / rate).rounded(to: 2) }
      }
      let cells = [
        row.name, rate, ratio ?? "", (row.cpu / .microseconds(1)).rounded(to: 2),
        row.rowSize?.rounded(to: 1) ?? "", row.memory,
      ]
      return "| \(cells.joined(separator: " | ")) |"
    }
    return """
      | | records/s | server beside it | CPU µs a record | bytes a row | MiB at a quarter → end |
      |---|--:|--:|--:|--:|--:|
      \(lines.joined(separator: "\n"))
      """
  }
}
