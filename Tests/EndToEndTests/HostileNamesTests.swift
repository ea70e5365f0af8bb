import BrowserDriver
import Foundation
import NetmonCore
import Testing

/// Names that real processes gave themselves, through the store and every output of the command
/// line.
@Suite("Two thousand hostile names", .serialized)
struct HostileNamesTests {
  private let directory: TestDirectory
  private let database: String
  /// By pid, as a record has them.
  private let expected: [Int32: (name: String, path: String)]
  private let question: [String]

  private static let count = 2000

  init() async throws {
    directory = try TestDirectory()
    database = directory("netmon.db")
    let program = try await directory.copy(of: BuiltProducts.hostileNames, named: "names")
    let names = HostileName.make(Self.count, seed: 5, in: directory("paths"))
    try names.map(\.line).joined().write(
      toFile: directory("list"), atomically: true, encoding: .utf8)
    let processes = try ChildProcess(
      program, [directory("list")], lifetime: .seconds(300))
    let port = try #require(await processes.output.line())
    var expected: [Int32: (name: String, path: String)] = [:]
    for name in names {
      let line = try #require(await processes.output.line())
      let path = name.path.map(Self.text) ?? program
      expected[try #require(Int32(line))] = (Self.text(name.name), path)
    }
    self.expected = expected
    question = ["--limit", "0", "remote::\(port)"]
    let collected = try await Netmon.run(["collect", "--once", "--db", database])
    try #require(collected.status == 0, "\(collected.errors)")
    processes.closeInput()
    _ = await processes.status
    // Foundation does not remove what is no UTF-8.
    _ = try await ChildProcess.run("rm", ["-rf", directory("paths")])
  }

  private static func text(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBufferPointer { String(keeping: $0) }
  }

  @Test("go through every output and lose nothing, and steer nothing")
  func outputs() async throws {
    try checkJSON(try await output("json"))
    try checkLines(try await output("jsonl"))
    try checkCSV(try await output("csv"))
    checkTable(try await output("table"))
    let server = try await NetmonService.serve(database)
    for format in ["json", "jsonl", "csv", "table"] {
      let served = try await output(format, from: ["--server", server.url])
      #expect(served == (try await output(format)), "\(format)")
    }
    try await checkStream(of: server)
    try await checkTerminal()
    try await checkCards()
  }

  @Test(
    "are text on the page",
    .enabled(if: Browser.program != nil, "needs chromium (Debian: chromium)"))
  func page() async throws {
    let server = try await NetmonService.serve(database)
    let pids = expected.keys.sorted()
    let rows = 100
    let page = try await Browser(lifetime: .seconds(600)).page(height: 500 + rows * 28)
    for start in stride(from: 0, to: pids.count, by: rows) {
      let part = pids[start..<min(start + rows, pids.count)]
      let filter = "\(question[2])%20pid:\(part[part.startIndex])..\(part[part.endIndex - 1])"
      try await page.open(
        "\(server.url)/?view=connections&since=all&cols=process_name,process_path&q=\(filter)")
      try await page.wait(forRows: part.count)
      try await page.wait(
        for: "document.querySelectorAll('.vrow:not([hidden])').length === \(part.count)")
      let shown = Set(try await page.texts(ofColumn: "process_name"))
      let missing = part.filter { pid in
        !shown.contains("\(Self.visible(expected[pid]?.name ?? "")) \(pid)")
      }
      #expect(missing.isEmpty, "\(missing.count)")
      let paths = Set(part.map { Self.visible(expected[$0]?.path ?? "") })
      #expect(paths.isSubset(of: try await page.texts(ofColumn: "process_path")))
      #expect(try await page.count("script") == 1)
      // All about one of them.
      try await page.press("j", "Enter")
      try await page.wait(forElement: "aside.panel:not([hidden]) dd")
      #expect(try await page.evaluate("document.body.textContent").text?.steering.isEmpty == true)
    }
    #expect(page.observations.violations.isEmpty && page.observations.errors.isEmpty)
    #expect(page.observations.foreignRequests(besides: server.url).isEmpty)
  }

  /// A name as the page shows it: with what hides or steers made visible.
  private static func visible(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private func output(_ format: String, from source: [String]? = nil) async throws -> String {
    let result = try await Netmon.run(
      ["query", "-o", format] + question + (source ?? ["--db", database]))
    try #require(result.status == 0, "\(result.errors)")
    return result.output
  }

  // MARK: - Machines

  private func checkJSON(_ output: String) throws {
    let records = try Record.list(output)
    #expect(records.count == Self.count)
    let wrong = records.filter { record in
      guard let known = expected[record.process_id] else { return true }
      return !known.name.utf8.elementsEqual(record.process_name.utf8)
        || !known.path.utf8.elementsEqual(record.process_path.utf8)
    }
    #expect(wrong.isEmpty, "\(wrong.count)")
    #expect(output.steering.isEmpty)
  }

  private func checkStream(of server: NetmonService) async throws {
    let filter = question.last?.replacing("remote:", with: "remote=") ?? ""
    let stream = try ChildProcess(
      "curl", ["-sSN", "\(server.url)/api/stream?last_event_id=0&\(filter)"])
    var records: [String] = []
    while records.count < Self.count, let line = await stream.output.line() {
      // What is not of a record has no id.
      if line.hasPrefix("data: {\"id\":") { records.append(String(line.dropFirst(6))) }
    }
    stream.send(SIGTERM)
    try checkJSON("[\(records.joined(separator: ","))]")
  }

  private func checkLines(_ output: String) throws {
    let lines = output.split(separator: "\n")
    #expect(lines.count == Self.count)
    try checkJSON("[" + lines.joined(separator: ",") + "]")
  }

  private func checkCSV(_ output: String) throws {
    let rows = output.csvRows
    #expect(rows.count == Self.count + 1)
    let wrong = rows.dropFirst().filter { row in
      guard row.count == rows[0].count, let known = expected[Int32(row[2]) ?? 0] else {
        return true
      }
      return !row[3].isInert(known.name) || !row[4].isInert(known.path)
    }
    #expect(wrong.isEmpty, "\(wrong.count)")
  }

  // MARK: - People

  private func checkTable(_ output: String) {
    #expect(output.steering.isEmpty)
    let lines = output.split(separator: "\n")
    #expect(lines.count == Self.count + 1)
    // The pid ends, and the local address begins, in the same column of each row.
    let places = lines.dropFirst().map { line in
      displayWidth(String(line[..<(line.range(of: " 127.0.0.1:")?.lowerBound ?? line.endIndex)]))
    }
    #expect(Set(places).count == 1)
    let shown = lines.dropFirst().map { $0.split(separator: "  ", maxSplits: 1).count }
    #expect(shown.allSatisfy { $0 == 2 })
  }

  private func checkTerminal() async throws {
    for (format, columns) in [
      ("table", 40), ("table", 80), ("table", 200), ("csv", 80), ("json", 80),
    ] {
      let output = try await Terminal.run(
        "netmon query -o \(format) --db '\(database)' \(question.joined(separator: " "))",
        columns: columns, environment: ["NO_COLOR": "1"])
      #expect(output.steering.isEmpty, "\(format)")
      guard format == "table" else { continue }
      let lines = output.split(separator: "\n").filter { !$0.hasPrefix("netmon: ") }
      #expect(lines.count == Self.count + 1)
      #expect(lines.allSatisfy { displayWidth(String($0)) <= columns })
    }
  }

  /// The cards of all of them, whose paths are in it as well.
  private func checkCards() async throws {
    let result = try await Netmon.run(["proc", "*", "--db", database])
    #expect(result.status == 0)
    #expect(result.output.steering.isEmpty)
    let cards = result.output.components(separatedBy: "\n\n").filter { $0.contains("\n  path ") }
    #expect(!cards.isEmpty)
  }
}

extension String {
  /// What steers a terminal, or hides: control and format characters but for line ends.
  fileprivate var steering: [Unicode.Scalar] {
    unicodeScalars.filter { scalar in
      guard scalar != "\n" else { return false }
      return [.control, .format, .lineSeparator, .paragraphSeparator]
        .contains(scalar.properties.generalCategory)
    }
  }

  /// Whether this field of CSV is that text with what steers escaped, if need be made text by a quote
  /// before it.
  fileprivate func isInert(_ text: String) -> Bool {
    let safe = terminalSafe(text)
    return (utf8.elementsEqual(safe.utf8) || utf8.elementsEqual("'\(safe)".utf8))
      && utf8.first.map { "=+-@\t\r\n".utf8.contains($0) } != true
  }

  /// The fields of CSV, read as RFC 4180 says.
  fileprivate var csvRows: [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var rest = unicodeScalars[...]
    while !rest.isEmpty {
      row.append(rest.csvField())
      if rest.popFirst() == "," { continue }
      rest = rest.dropFirst()
      rows.append(row)
      row = []
    }
    return rows
  }
}

extension Substring.UnicodeScalarView {
  /// Reads a field, up to the comma or carriage return after it.
  fileprivate mutating func csvField() -> String {
    var field = String.UnicodeScalarView()
    guard first == "\"" else {
      while let scalar = first, scalar != ",", scalar != "\r" {
        field.append(scalar)
        removeFirst()
      }
      return String(field)
    }
    removeFirst()
    while let scalar = popFirst() {
      // A quote within quotes is written twice.
      if scalar == "\"", first != "\"" { break }
      if scalar == "\"" { removeFirst() }
      field.append(scalar)
    }
    return String(field)
  }
}
