import Arguments
import NetmonCore
import NetmonDoctor

/// `netmon doctor`: what can be captured here, why not more, and what helps.
enum DoctorCommand {
  struct Options: Sendable {
    var database: Path?
    var isSelfTest = false
    var format = OutputFormat.table
  }

  static let declaration = Command<Netmon.Action>(
    "doctor",
    summary: "Tell what can be captured here, why not more, and what helps",
    discussion: """
      The first line names the tier that collect would use. Then each check is ok, limited or \
      missing. What killed netmons left in the kernel is removed. The exit status is 0 if \
      sockets can be recorded here in any way, else 1.

      -o json prints an object: tier (kernel, diag, proc or null), meaning, and checks, an array of \
      objects with check, state (ok, limited, missing), provides, finding and remedy; jsonl and csv \
      print the checks alone. The checks of tracepoints are there only where tracefs works.

      --selftest runs a collector into a temporary database, has connections succeed and fail in \
      every way that can be had on loopback and in a network namespace of its own, and checks what \
      was recorded of each, in less than ten seconds. The exit status is 1 if anything was missed. \
      -o json then prints tier, passed, and classes, an array of objects with class, state (pass, \
      fail, skipped), told (to the application), records, missing and reason; and gaps, what the \
      collector lost meanwhile.
      """,
    examples: [
      Example("sudo netmon doctor", "all that could work here"),
      Example("sudo netmon doctor --selftest", "prove it"),
      Example("netmon doctor -o jsonl | jq 'select(.state != \"ok\")'"),
    ],
    options: Options()
  ) {
    Option(
      "db", \.database, environment: "NETMON_DB",
      help: "look at this database; by default \(DefaultDatabase.forHelp)")
    Flag(
      "selftest", \.isSelfTest,
      help: "provoke every error, and check what is recorded of it")
    Group("Output") {
      Option("output", short: "o", \.format, help: "how to print")
    }
  } action: { options in
    { invocation in try await run(options, invocation) }
  }

  private static func run(_ options: Options, _ invocation: Invocation) async throws {
    if options.isSelfTest { return try await runSelfTest(options, invocation) }
    let database = options.database?.string ?? DefaultDatabase.path(invocation.environment)
    let diagnosis = Diagnosis(database: database, now: invocation.now())
    DiagnosisPrinter(invocation.console).print(diagnosis, as: options.format)
    if diagnosis.tier == nil { throw CommandError("nothing can be recorded here") }
  }

  private static func runSelfTest(_ options: Options, _ invocation: Invocation) async throws {
    let test = try await SelfTest(
      path: HostIdentity.executablePath ?? "", now: invocation.now)
    SelfTestPrinter(invocation.console).print(test, as: options.format)
    if !test.hasPassed {
      throw CommandError("the self-test found what is not recorded as it must be")
    }
  }
}
