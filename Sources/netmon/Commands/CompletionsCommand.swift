import Arguments

/// `netmon completions`: a script that teaches a shell the commands and their options.
enum CompletionsCommand {
  struct Options: Sendable {
    var shell = Shell.bash
  }

  static let declaration: Command<Netmon.Action> = Command(
    "completions",
    summary: "Print a script that completes netmon's arguments in a shell",
    examples: [
      Example(
        "netmon completions bash > /etc/bash_completion.d/netmon", "for bash, for every user"),
      Example("netmon completions fish > ~/.config/fish/completions/netmon.fish"),
    ],
    options: Options()
  ) {
    Operand("SHELL", \.shell, help: "the shell")
  } action: { options in
    { invocation in
      invocation.console.write(Netmon.command.completionScript(for: options.shell))
    }
  }
}
