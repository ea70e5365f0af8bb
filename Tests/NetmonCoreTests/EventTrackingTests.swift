import NetmonCore
import Testing

/// Scripts of events and the records that must come out of them.
@Suite struct EventTrackingTests {
  /// Who connects, and which task the interrupts of the script hit.
  struct Variant: Sendable, CustomStringConvertible {
    var description: String
    var isBlocking: Bool
    var thread: Int32
    var process: Int32
    var path: String
    var bystander: Int32
    var prelude = ""
    var epilogue = ""
  }

  private static let fork = "100 fork 200/200 100/100\n"
  private static let exec = "200 exec 200 tool\n200 path 200 /opt/tool\n"

  static let variants = [
    Variant(
      description: "blocking", isBlocking: true, thread: 100, process: 100,
      path: "/usr/bin/client", bystander: 100),
    Variant(
      description: "non-blocking, bystander", isBlocking: false, thread: 100, process: 100,
      path: "/usr/bin/client", bystander: 300),
    Variant(
      description: "thread, idle task", isBlocking: true, thread: 101, process: 100,
      path: "/usr/bin/client", bystander: 0),
    Variant(
      description: "fork", isBlocking: true, thread: 200, process: 200, path: "/usr/bin/client",
      bystander: 200, prelude: fork, epilogue: "\n200 gone 200/200"),
    Variant(
      description: "fork and exec", isBlocking: false, thread: 200, process: 200,
      path: "/opt/tool", bystander: 300, prelude: fork + exec, epilogue: "\n200 gone 200/200"),
    Variant(
      description: "thread of a fork", isBlocking: false, thread: 201, process: 200,
      path: "/opt/tool", bystander: 200, prelude: fork + exec + "200 fork 200/201 200/200\n"),
  ]

  static func script(
    _ row: AttemptCase, _ variant: Variant, _ family: EventScript.Family
  ) -> String {
    let lines = row.script.split(separator: "\n").compactMap { line -> String? in
      switch line.prefix(2) {
      case "6 ": family == .ipv6 ? String(line.dropFirst(2)) : nil
      case "B ": variant.isBlocking ? String(line.dropFirst(2)) : nil
      case "N ": variant.isBlocking ? nil : String(line.dropFirst(2))
      default: String(line)
      }
    }
    let actors = lines.map { line in
      var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      words[0] = words[0].replacing("T", with: "\(variant.thread)")
        .replacing("S!", with: "\(variant.bystander)!")
      return words.joined(separator: " ")
    }
    return variant.prelude + actors.joined(separator: "\n") + variant.epilogue
  }

  /// The expected line as ``summary(_:)`` writes it.
  static func expected(_ line: String, _ variant: Variant, _ family: EventScript.Family) -> String {
    line.split(separator: " ").map { word in
      if word == "P" { return "\(variant.process)" }
      guard word.contains(":"), let end = EventScript(family: family).endpoint(word) else {
        return String(word)
      }
      return "\(end)"
    }.joined(separator: " ")
  }

  @Test(arguments: AttemptCase.all, EventScript.Family.allCases)
  func everyCase(_ row: AttemptCase, _ family: EventScript.Family) throws {
    for variant in Self.variants {
      var host = TracedHost()
      host.play(try EventScript(family: family).events(Self.script(row, variant, family)))
      let records = host.finish()
      #expect(
        records.map(summary).sorted()
          == row.records.map { Self.expected($0, variant, family) }.sorted(),
        "\(variant)")
      for record in records {
        #expect(record.revision == 1, "one record, given out once")
        if record.process.identity.pid == variant.process {
          #expect(record.process.path == variant.path)
          #expect(record.process.unit == "client.service", "inherited")
          #expect(record.networkNamespace == 1)
        }
      }
      #expect(host.finish().isEmpty, "nothing is left to be told")
    }
  }

  /// Without an address to send from there are no lookups with one.
  @Test func noSourceAddress() throws {
    var host = TracedHost()
    let lookups = "100 fib -113 254 *:0 R:80\n"
    host.play(try EventScript(family: .ipv6).events(lookups + lookups))
    let attempt =
      "outbound [::]:0 [2001:db8::2]:80 CLOSE 100 EADDRNOTAVAIL route kernel no_route"
    #expect(host.finish().map(summary) == [attempt, attempt])
  }

  @Test(arguments: EventScript.Family.allCases)
  func noRoute(_ family: EventScript.Family) throws {
    let lookups =
      family == .ipv6
      ? [
        "fib -113 255 *:0 R:80", "fib -113 254 *:0 R:80", "fib -113 255 L:0 R:80",
        "fib -113 254 L:0 R:80",
      ] : ["fib -11 254 *:0 R:80"]
    // Two attempts that follow each other at once are two records.
    let script = (lookups + lookups).map { "100 \($0)" }.joined(separator: "\n")
    var host = TracedHost()
    host.play(try EventScript(family: family).events(script))
    let records = host.finish()
    #expect(records.count == 2)
    for record in records {
      #expect(record.error == .ENETUNREACH && record.errorStage == .route)
      #expect(record.errorCause == .no_route && record.errorSource == .kernel)
    }
  }
}
