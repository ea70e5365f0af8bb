import Testing

/// The scripts of the program itself; how they complete is tested with the module that makes them.
@Suite("netmon completions")
struct CompletionScriptTests {
  @Test(
    "The shells understand them",
    arguments: ["bash", "zsh", "fish"].filter { ChildProcess.find($0) != nil })
  func syntax(shell: String) async throws {
    let directory = try TestDirectory()
    let result = try await Netmon.shell(
      "netmon completions \(shell) > \(directory("script")) && \(shell) -n \(directory("script"))")
    #expect(result.status == 0)
    #expect(result.errors == "")
  }

  @Test(
    "Keys, values, groups and fields are offered",
    .enabled(if: ChildProcess.find("fish") != nil, "needs fish"),
    arguments: [
      ("query err", ["error:", "error_stage:", "error_source:", "error_cause:", "errno:"]),
      ("query error:ECONNR", ["error:ECONNREFUSED", "error:ECONNRESET"]),
      ("errors state:LISTEN,SYN_", ["state:LISTEN,SYN_SENT", "state:LISTEN,SYN_RECV"]),
      ("errors --by error,serv", ["error,service"]), ("query --fields id,rtt", ["id,rtt_us"]),
      ("query --sort remote_", ["remote_addr"]),
      ("query -err", ["-error:", "-error_stage:", "-error_source:", "-error_cause:", "-errno:"]),
      ("query -state:SYN_S", ["-state:SYN_SENT"]), ("query --state EST", ["ESTABLISHED"]),
    ])
  func offers(typed: String, words: [String]) async throws {
    let directory = try TestDirectory()
    let result = try await Netmon.shell(
      """
      cd \(directory.path) && netmon completions fish > script &&
      fish --no-config -c 'source ./script; complete -C "netmon \(typed)"'
      """)
    #expect(result.status == 0, "\(result.errors)")
    let offered = result.output.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
    #expect(Set(offered) == Set(words.map { $0[...] }))
  }
}
