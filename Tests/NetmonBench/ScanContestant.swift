/// The scanner in this program, with the figures of its scans so far.
struct ScanContestant {
  private(set) var cold: [ScanFigures] = []
  private(set) var steady: [ScanFigures] = []
  private let program: Program

  init() throws(BenchError) {
    program = Program(try Program.built("netmon-bench"), ["scan"])
  }

  /// Has a new process scan once cold and some times more.
  mutating func run() throws(BenchError) {
    let output = try Descriptor.scratch()
    _ = try Measurement.run(program, output: output.number, limit: .seconds(60))
    output.rewind()
    var scans: [ScanFigures] = []
    let name = program.description
    try output.readLines { line throws(BenchError) in
      guard let figures = ScanFigures(line) else { throw .unexpected(line, from: name) }
      scans.append(figures)
      return true
    }
    cold += scans.prefix(1)
    steady += scans.dropFirst()
  }
}
