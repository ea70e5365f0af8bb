import NetmonCore
import Testing

/// Before Linux 5.14 no event tells the errno: what the states and resets prove.
@Suite struct UnreportedErrorTests {
  private static let begin = "100 a CL>SS L:0 R:80"
  private static let again = "0! a rtx L:4000 R:80"
  private static let fail = "0! a SS>CL L:4000 R:80"
  private static let open = [begin, "0! a SS>ES L:4000 R:80", "+1s"]
  private static let abort = "0! a ES>CL L:4000 R:80"

  private static let cases: [(script: [String], expected: String)] = [
    ([begin, "0! a rst L:4000 R:80", fail], "ECONNREFUSED handshake kernel peer_reset"),
    (
      [begin, "+1s", again, "+2s", again, "+4s", fail],
      "ECONNTIMEOUT handshake inferred timeout"
    ),
    // An ICMP error of a router, on the second repetition: which one it was is not told.
    ([begin, "+1s", again, "+2s", again, "+0.3s", fail], "- unknown"),
    // A neighbour that does not answer, or a limit of one repetition.
    ([begin, "+1s", again, "+2.1s", fail], "- unknown"),
    // Of the repetitions some may have been lost.
    ([begin, "+1s", again, "+2s", again, "0 lost 0s", "+4s", fail], "- unknown"),
    (open + ["0! a rst L:4000 R:80", abort], "ECONNRESET established kernel peer_reset"),
    (open + [again, "+900s", abort], "ECONNTIMEOUT established inferred timeout"),
    // Keep-alive probes are no retransmits, but end with a reset.
    (
      open + ["+900s", "0! a rst-out L:4000 R:80", abort],
      "ECONNTIMEOUT established inferred timeout"
    ),
    (open + ["100 a ES>CL L:4000 R:80", "100 a rst-out L:4000 R:80"], "- local_abort"),
    (
      open + [
        again, "100 a ES>F1 L:4000 R:80", "0! a F1>F2 L:4000 R:80", "0! a F2>CL L:4000 R:80",
      ],
      "-"
    ),
  ]

  @Test(arguments: cases)
  func outcome(script: [String], expected: String) throws {
    var host = TracedHost()
    let lines = script + ["100 a del L:4000 R:80"]
    host.play(try EventScript().events(lines.joined(separator: "\n")))
    let record = try #require(host.finish().first)
    let error = summary(record).split(separator: " ").dropFirst(5).joined(separator: " ")
    #expect(error == expected)
  }
}
