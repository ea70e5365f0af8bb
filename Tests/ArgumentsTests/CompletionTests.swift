import Arguments
import Foundation
import Testing

/// Runs the completion scripts in the shells that are installed.
struct CompletionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// The arguments up to the cursor.
    let typed: [String]

    /// The words offered, without descriptions.
    let offered: Set<String>

    init(_ typed: String..., offers offered: Set<String>) {
      (self.typed, self.offered) = (typed, offered)
    }

    var testDescription: String { typed.joined(separator: " ") }
  }

  static let cases = [
    Case("", offers: ["query", "token", "terms", "odd", "help"]),
    Case("q", offers: ["query"]),
    Case("token", "", offers: ["create", "help"]),
    Case("help", "", offers: ["query", "token", "terms", "odd"]),
    Case("query", "--l", offers: ["--live", "--limit"]),
    Case("query", "--no", offers: ["--no-color"]),
    Case("query", "--sec", offers: []),
    Case("query", "--output", "", offers: ["table", "json", "jsonl", "csv"]),
    Case("query", "-o", "j", offers: ["json", "jsonl"]),
    Case("query", "-n", "", offers: []),
    Case("query", "-q", "er", offers: ["error:"]),
    Case("query", "token", "p", offers: ["port:"]),
    Case("query", "--db", "uniq", offers: ["unique.db"]),
    Case("token", "create", "--life", offers: ["--lifetime"]),
    Case("token", "create", "q", offers: []),
    Case("terms", "--by", "", offers: ["error", "state"]),
    Case("terms", "--by", "st", offers: ["state"]),
    Case("terms", "--by", "-err", offers: []),
    Case("terms", "err", offers: ["error:"]),
    Case("terms", "error:", offers: ["error:any", "error:ECONNREFUSED", "error:ECONNRESET"]),
    Case("terms", "error:ECONNREF", offers: ["error:ECONNREFUSED"]),
    Case("terms", "x", "error:any,ECONNREF", offers: ["error:any,ECONNREFUSED"]),
    Case("terms", "state:", offers: ["state:LISTEN"]),
    Case("terms", "port:", offers: []),
    Case("terms", "port:4,", offers: []),
    Case("terms", "any,err", offers: []),
    Case("terms", "--by", "error,sta", offers: ["error,state"]),
    Case("odd", "--odd", "it", offers: ["it's $HOME", "it's [ok]"]),
    Case("odd", "file", "uniq", offers: ["unique.db"]),
    Case("terms", "-err", offers: ["-error:"]),
    Case("terms", "-error:ECONNREF", offers: ["-error:ECONNREFUSED"]),
    Case("terms", "-error:any,ECONNREF", offers: ["-error:any,ECONNREFUSED"]),
  ]

  struct TermOptions: Sendable {
    var by = ""
    var terms: [String] = []
  }

  static let terms = Command("terms", summary: "Terms", options: TermOptions()) {
    Option("by", \.by, completion: .list(["error", "state"]), help: "keys")
    Operand(
      "FILTER", \.terms,
      completion: .terms([
        "error:", "error:any", "error:ECONNREFUSED", "error:ECONNRESET", "state:", "state:LISTEN",
        "port:",
      ]),
      alsoDashed: ["error", "state", "port"].contains, help: "terms")
  } action: { _ in
    Invocation.query(QueryOptions())
  }

  struct OddOptions: Sendable {
    var odd = ""
    var first = ""
    var file: Path?
  }

  /// The program of the other tests with a command whose texts need quoting.
  static let program = Command(
    "netmon", summary: "Test",
    commands: [
      query, token, terms,
      Command("odd", summary: "It's [odd]: 'very' \\ $odd", options: OddOptions()) {
        Option(
          "odd", \.odd, completion: .values(["it's $HOME", "it's [ok]", "`x`"]),
          help: "It's [odd]: 'very' \\ $odd")
        Operand("FIRST", \.first, completion: .path, help: "first")
        Operand("FILE", \.file, help: "file")
      } action: { _ in
        Invocation.query(QueryOptions())
      },
    ])

  static func path(of shell: Shell) -> String? {
    ["/bin", "/usr/bin", "/usr/local/bin"].map { "\($0)/\(shell.rawValue)" }
      .first(where: FileManager.default.isExecutableFile)
  }

  @Test(.enabled(if: path(of: .bash) != nil, "bash is not installed"), arguments: cases)
  func bashOffers(_ test: Case) throws {
    // Outside of readline nothing completes paths, which the script leaves to it.
    let driver = #"""
      compopt() { if [[ $2 == default ]]; then mapfile -t COMPREPLY < <(compgen -f -- "$current"); fi; }
      source ./script
      # As readline does, words end at colons, of which each is one; only what follows the last one
      # is replaced.
      COMP_WORDBREAKS=$' \t\n"\'><=;|&(:' COMP_LINE="netmon $*" COMP_POINT=${#COMP_LINE}
      COMP_WORDS=(netmon)
      for word; do
        while [[ $word == *:* ]]; do
          if [[ ${word%%:*} ]]; then COMP_WORDS+=("${word%%:*}"); fi
          COMP_WORDS+=(:) word=${word#*:}
        done
        if [[ $word || ${COMP_WORDS[-1]} != : ]]; then COMP_WORDS+=("$word"); fi
      done
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _netmon
      kept=${!#}
      if [[ $kept == *:* ]]; then kept=${kept%"${kept##*:}"}; else kept=; fi
      for word in "${COMPREPLY[@]}"; do eval "printf '%s\n' \"\$kept\"$word"; done
      """#
    #expect(try words(from: .bash, ["--norc", "-c", driver, "bash"] + test.typed) == test.offered)
  }

  @Test(.enabled(if: path(of: .bash) != nil, "bash is not installed"))
  func bashOffersValuesAfterAnEqualsSign() throws {
    let driver = """
      source ./script
      COMP_LINE='netmon query --output='
      COMP_WORDS=(netmon query --output =) COMP_CWORD=3; _netmon; printf '%s\\n' "${COMPREPLY[@]}"
      COMP_LINE='netmon query --output=js'
      COMP_WORDS=(netmon query --output = js) COMP_CWORD=4; _netmon; printf '2%s\\n' "${COMPREPLY[@]}"
      """
    let expected: Set = ["table", "json", "jsonl", "csv", "2json", "2jsonl"]
    #expect(try words(from: .bash, ["--norc", "-c", driver]) == expected)
  }

  @Test(.enabled(if: path(of: .bash) != nil, "bash is not installed"))
  func bashPutsNoBackslashBeforeCommas() throws {
    let driver = """
      compopt() { :; }
      source ./script
      COMP_LINE='netmon terms --by error,state,err'
      COMP_WORDS=(netmon terms --by error,state,err) COMP_CWORD=3; _netmon
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    #expect(try words(from: .bash, ["--norc", "-c", driver]) == ["error,state,error"])
  }

  @Test(
    .enabled(if: path(of: .bash) != nil, "bash is not installed"),
    .enabled(if: path(of: .zsh) != nil, "zsh, which has pseudo-terminals, is not installed"),
    arguments: [
      ("terms err\tany", "<terms><error:any>"),
      ("terms error:ECONNREF\t", "<terms><error:ECONNREFUSED>"),
      ("terms error:any,ECONNREF\tstate:\t", "<terms><error:any,ECONNREFUSED><state:LISTEN>"),
      ("terms -error:ECONNREF\t", "<terms><-error:ECONNREFUSED>"),
      ("terms --by error,st\t,error", "<terms><--by><error,state,error>"),
      ("terms --by error,st\t,err\t,st\t", "<terms><--by><error,state,error,state>"),
      ("query --output=jsonl -q er\t7", "<query><--output=jsonl><-q><error:7>"),
    ])
  func bashCompletesWhatIsTyped(typed: String, run: String) throws {
    let driver = #"""
      zmodload zsh/zpty
      zpty shell TERM=dumb bash --norc --noprofile -i
      zpty -w shell 'PS1=; bind "set enable-bracketed-paste off"; stty -echo; source ./script'
      zpty -w shell 'netmon() { printf "RUN "; printf "<%s>" "$@"; echo; }; echo REA""DY'
      zpty -r -m shell line $'*READY*'
      zpty -w shell "netmon $1"
      zpty -r -m shell line $'*RUN *>\r\n*'
      print -r -- ${line//$'\r'/}
      zpty -d shell
      """#
    let lines = try words(
      from: .zsh, ["-f", "-c", driver, "zsh", typed], scriptOf: .bash)
    #expect(lines.contains { $0.hasSuffix("RUN " + run) }, "\(lines)")
  }

  @Test(.enabled(if: path(of: .fish) != nil, "fish is not installed"), arguments: cases)
  func fishOffers(_ test: Case) throws {
    let driver = "source ./script; complete -C \"netmon $argv\""
    let words = try words(from: .fish, ["--no-config", "-c", driver] + test.typed)
    // fish also matches inside of words if nothing starts with what is typed.
    #expect(Set(words.filter { $0.hasPrefix(test.typed.last ?? "") }) == test.offered)
  }

  @Test(.enabled(if: path(of: .zsh) != nil, "zsh is not installed"), arguments: cases)
  func zshOffers(_ test: Case) throws {
    // Completion needs a line editor: an interactive zsh on a pseudo-terminal, which prints what
    // its `compadd` is given that matches.
    let driver = #"""
      zmodload zsh/zpty
      zpty shell TERM=dumb zsh -f -i
      zpty -w shell 'PROMPT=; unsetopt zle_bracketed_paste prompt_cr; stty -echo; source ./setup'
      zpty -r -m shell line $'*READY*'
      zpty -w -n shell "netmon ${(j: :)@}"$'\t'
      zpty -r -m shell line $'*DONE*'
      print -r -- ${line//$'\r'/}
      zpty -d shell
      """#
    let setup = #"""
      autoload -U compinit && compinit -D -u
      source ./script
      bindkey '^I' complete-word
      finish() { print; print DONE }
      comppostfuncs=(finish)
      compadd() {
        if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
          local -a hits
          builtin compadd -A hits "$@"
          local hit
          for hit in $hits; do print; print -r -- "OFFER $IPREFIX${(Q)hit}"; done
        fi
        builtin compadd "$@"
      }
      print READY
      """#
    let lines = try words(from: .zsh, ["-f", "-c", driver, "zsh"] + test.typed, setup: setup)
    let offers = lines.filter { $0.hasPrefix("OFFER ") }.map { String($0.dropFirst(6)) }
    #expect(lines.contains("DONE"), "\(lines)")
    #expect(Set(offers) == test.offered)
  }

  /// The lines that a shell prints, up to a tab, in a directory with the completion script.
  private func words(
    from shell: Shell, _ arguments: [String], setup: String = "", scriptOf other: Shell? = nil
  ) throws -> Set<String> {
    let files = FileManager.default
    let directory = files.temporaryDirectory.appending(component: "arguments-\(UUID().uuidString)")
    try files.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: directory) }
    let script = Self.program.completionScript(for: other ?? shell)
    for (name, text) in [("script", script), ("setup", setup), ("unique.db", "")] {
      try Data(text.utf8).write(to: directory.appending(component: name))
    }
    let process = Process()
    let output = Pipe()
    // A shell that waits for input it will not get is ended.
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = ["60", try #require(Self.path(of: shell))] + arguments
    process.currentDirectoryURL = directory
    process.environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory.path, "LC_ALL": "C.UTF-8",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Set(text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) })
  }
}
