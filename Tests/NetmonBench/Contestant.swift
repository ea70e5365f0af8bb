import Glibc

/// A program in the comparison, with what its runs cost so far.
struct Contestant {
  let program: Program
  /// The sockets that it lists.
  let sockets: Int
  private(set) var runs: [Measurement] = []
  private var spent = Duration.zero

  /// How long one run may take, and all of them until no further one is begun.
  private static let patience = Duration.seconds(30)

  /// Runs the program once to warm up and to count the lines of its output, of which the first
  /// `headings` are no sockets.
  ///
  /// Returns nil, and says why, if the program is not there or too slow.
  init?(_ program: Program, headings: Int) throws(BenchError) {
    self.program = program
    let output = try Descriptor.scratch()
    do {
      guard let cost = try Measurement.run(program, output: output.number, limit: Self.patience)
      else {
        NetmonBench.say("\(program) is left out: one run takes more than \(Self.patience)\n")
        return nil
      }
      spent = cost.wall
    } catch BenchError.system(program.path, errno: ENOENT) {
      NetmonBench.say("\(program) is left out: it is not installed\n")
      return nil
    }
    output.rewind()
    var lines = 0
    try output.readLines { _ in
      lines += 1
      return true
    }
    sockets = max(0, lines - headings)
  }

  /// Measures one more run, with output to nowhere, unless the program has used up its time.
  mutating func run() throws(BenchError) {
    guard spent < Self.patience else { return }
    let null = try Descriptor.null()
    let cost = try Measurement.run(program, output: null.number, limit: Self.patience)
    spent += cost?.wall ?? Self.patience
    if let cost { runs.append(cost) }
  }
}
