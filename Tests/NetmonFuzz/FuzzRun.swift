import Glibc

/// One run over some parsers.
struct FuzzRun {
  let seed: UInt64
  /// For each parser.
  let mutations: Int
  let last: LastInput
  private var total = 0
  private var kernelTotal = 0
  private var seconds = 0.0

  init(seed: UInt64, mutations: Int, last: LastInput) {
    self.seed = seed
    self.mutations = mutations
    self.last = last
  }

  /// What one parser bore.
  struct Line: CustomStringConvertible {
    let parser: String
    let mutations: Int
    let megabytes: Double
    let seconds: Double

    var description: String {
      let name = parser + String(repeating: " ", count: max(0, 16 - parser.utf8.count))
      return "\(name) \(mutations) mutants, \(tenths(megabytes)) MB in \(tenths(seconds)) s"
    }
  }

  /// An input for which something does not hold.
  struct Finding: Error, CustomStringConvertible {
    let parser: String
    let seed: UInt64
    let step: Int
    let input: [UInt8]
    let mistake: BrokenInvariant

    var description: String {
      let digits = input.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      return "\(parser): \(mistake)\nseed \(seed), mutant \(step), \(input.count) bytes:\n\(digits)"
    }
  }

  /// Tries the recorded inputs as they are, then the mutants.
  ///
  /// Throws `Finding`.
  mutating func fuzz(_ parser: Parser) throws(Finding) -> Line {
    let start = Self.now()
    var bytes = 0
    for (index, input) in parser.seeds.enumerated() {
      try parse(input, parser, step: -1 - index)
    }
    for step in 0..<mutations {
      var mutator = Mutator(SplitMix(seed: seed, step: step), parser.seeds)
      let input = mutator.mutant()
      bytes += input.count
      try parse(input, parser, step: step)
    }
    let line = Line(
      parser: parser.name, mutations: mutations, megabytes: Double(bytes) / 1e6,
      seconds: Self.now() - start)
    total += mutations
    if parser.isKernel { kernelTotal += mutations }
    seconds += line.seconds
    return line
  }

  private func parse(
    _ input: [UInt8], _ parser: Parser, step: Int
  ) throws(Finding) {
    last.keep(input)
    // Memory of just this size, so that a sanitizer sees a byte too much.
    let exact = input.withUnsafeBufferPointer { Array($0) }
    do throws(BrokenInvariant) {
      try parser.parse(exact)
    } catch {
      throw Finding(parser: parser.name, seed: seed, step: step, input: input, mistake: error)
    }
  }

  /// What all bore together.
  var summary: String {
    "\(total) mutants, \(kernelTotal) of them for the kernel's bytes, in \(tenths(seconds)) s"
  }

  /// `CLOCK_MONOTONIC`, in seconds.
  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// With one digit behind the point.
private func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
