import Arguments
import Foundation

/// Has netmon watch network attempts of which it is known what really happened, and compares.
@main
struct Truth {
  struct Options: Sendable {
    var attempts = 2000
    var rate = 500
    var seed = 1
    var classes: String?
    var netmon: String?
    var directory: String?
    var allowGaps = false
    var limit = Duration.seconds(600)
  }

  static let command = Command<Options>(
    "truth",
    summary: "Compare what netmon records with what really happened",
    discussion: """
      Starts netmon collect, makes attempts of all kinds in network namespaces of its own and on \
      loopback, and looks for exactly one right record of each. Exit status 1 if anything is \
      wrong. It takes root and tracefs.
      """,
    examples: [
      Example("truth --attempts 20000 --rate 2000", "at full size"),
      Example("truth --attempts 20000 --rate 0 --allow-gaps", "more than can be kept up with"),
    ],
    options: Options()
  ) {
    Option("attempts", \.attempts, in: 1...10_000_000, help: "how many to make")
    Option("rate", \.rate, in: 0...1_000_000, help: "how many each second; 0: without a pause")
    Option("seed", \.seed, in: 0...1_000_000_000, help: "another one makes other attempts")
    Option("classes", \.classes, "NAMES", help: "only these, with commas between")
    Option("netmon", \.netmon, "FILE", help: "the netmon to test (default: the one built here)")
    Option("directory", \.directory, "DIR", help: "keep all files there (default: none is kept)")
    Flag(
      "allow-gaps", \.allowGaps,
      help: "records may be missing if netmon says that it lost events")
    Option("limit", \.limit, in: .seconds(10)...(.seconds(86_400)), help: "the longest time")
  } action: { options in
    options
  }

  static func main() {
    do {
      switch try command.parse(Array(CommandLine.arguments.dropFirst())) {
      case .print(let text): print(text, terminator: "")
      case .run(let options): exit(try run(options) ? 0 : 1)
      }
    } catch let error as UsageError {
      fail("\(error)", status: 2)
    } catch {
      fail("truth: \(error)", status: 3)
    }
  }

  /// Returns whether netmon recorded the truth.
  private static func run(_ options: Options) throws -> Bool {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    let directory = try options.directory ?? temporaryDirectory()
    defer {
      if options.directory == nil { try? FileManager.default.removeItem(atPath: directory) }
    }
    var arguments = [
      "--attempts", "\(options.attempts)", "--rate", "\(options.rate)", "--seed",
      "\(options.seed)",
    ]
    if let classes = options.classes { arguments += ["--classes", classes] }
    let trial = Trial(
      netmon: options.netmon ?? own.appendingPathComponent("netmon").path,
      workload: own.appendingPathComponent("truth-workload").path, directory: directory,
      arguments: arguments, limit: options.limit)
    let result = try trial.run()
    let report = Report(
      Comparison(result.attempts, result.records),
      innocents: result.attempts.count { $0.isNothing }, gaps: result.gaps)
    print(report.text, terminator: "")
    return report.isTrue(allowingGaps: options.allowGaps)
  }

  private static func temporaryDirectory() throws -> String {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("netmon-truth-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    return url.path
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(status)
  }
}
