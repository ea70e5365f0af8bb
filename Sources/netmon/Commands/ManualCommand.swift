import Arguments

/// `netmon manual`: the manual page, made of the same declarations as `--help`.
enum ManualCommand {
  struct Options: Sendable {}

  static let declaration: Command<Netmon.Action> = Command(
    "manual",
    summary: "Print the manual page",
    examples: [
      Example("netmon manual | man -l -", "read it"),
      Example("netmon manual > /usr/local/share/man/man1/netmon.1", "for every user"),
    ],
    options: Options()
  ) {
  } action: { _ in
    { invocation in
      invocation.console.write(
        Netmon.command.manualPage(date: Netmon.released, appendices: Netmon.appendices))
    }
  }
}
