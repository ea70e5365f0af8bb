import Arguments
import Glibc

/// Feeds parsers with inputs that nobody would send, and sees whether they bear it.
@main
struct NetmonFuzz {
  struct Options: Sendable {
    var mutations = 100_000
    var seed: UInt64 = 1
    var parsers: [String] = []
    var replay: Path?
    var fixtures: Path?
    var keep: Path?
  }

  static let command = Command<Options>(
    "netmon-fuzz",
    summary: "Feed netmon's parsers with mutants of recorded inputs",
    discussion: """
      Each parser gets that many mutants of its recorded inputs, and what must hold of every input \
      is checked. The same seed makes the same mutants. Whatever stops the program (a trap, a \
      finding of AddressSanitizer) leaves the input behind, in the file that is named at the start.
      """,
    examples: [
      Example("netmon-fuzz --mutations 1000000", "a million for each parser"),
      Example("netmon-fuzz --parser netlink --replay FILE", "parse what a crash left behind"),
    ],
    options: Options()
  ) {
    Option("mutations", \.mutations, in: 1...1_000_000_000, help: "how many for each parser")
    Option("seed", \.seed, help: "where to begin")
    Option("parser", \.parsers, "NAME", help: "only this one; can be repeated")
    Option("replay", \.replay, help: "parse the one input that this file holds")
    Option("fixtures", \.fixtures, help: "the directory Tests of the repository")
    Option("keep", \.keep, help: "the file for the input that stops the program")
  } action: {
    $0
  }

  static func main() {
    do {
      switch try command.parse(Array(CommandLine.arguments.dropFirst())) {
      case .print(let text): print(text, terminator: "")
      case .run(let options): try run(options)
      }
    } catch let error as UsageError {
      if let help = error.help { say(help) }
      say("\(error)\n")
      exit(2)
    } catch {
      say("netmon-fuzz: \(error)\n")
      exit(1)
    }
  }

  private static func run(_ options: Options) throws {
    let corpus = try Corpus(directory: options.fixtures?.string ?? Corpus.usualDirectory)
    let all = try Parser.all(corpus)
    let chosen = options.parsers.isEmpty ? all : all.filter { options.parsers.contains($0.name) }
    guard chosen.count == options.parsers.count || options.parsers.isEmpty else {
      throw BrokenInvariant("the parsers are \(all.map(\.name).joined(separator: ", "))")
    }
    if let replay = options.replay {
      let input = try LastInput.input(of: replay.string)
      for parser in chosen { try parser.parse(input) }
      return
    }
    let path = options.keep?.string ?? "/tmp/netmon-fuzz-\(getpid()).input"
    let last = try LastInput(path: path)
    say("seed \(options.seed); the input being parsed is in \(path)\n")
    var run = FuzzRun(seed: options.seed, mutations: options.mutations, last: last)
    for parser in chosen {
      print(try run.fuzz(parser))
      fflush(nil)
    }
    print(run.summary)
  }

  /// Writes to standard error.
  private static func say(_ message: String) {
    _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
