import Arguments
import Testing

/// The manual page, where mandoc is not needed to see that it is right.
struct ManualPageTests {
  struct Options: Sendable {
    var odd = "'\\"
    var names: [String] = []
  }

  static let page = Command(
    "odd", summary: "Test",
    commands: [
      Command(
        "do", summary: "Do it", discussion: "One. Two words.\n.SH is no request here.",
        examples: [Example("odd do 'a' \\n", "what it does")], options: Options()
      ) {
        Option("odd", short: "o", \.odd, environment: "ODD", help: "a \\ or -x")
        Operand("NAME", \.names, help: "names")
      } action: { _ in
        Invocation.query(QueryOptions())
      }
    ]
  ).manualPage(
    date: "November 23, 2026",
    appendices: [Appendix("Files", "There are some.", entries: [("a b", "one")])])

  @Test(arguments: [
    ".Dd November 23, 2026\n.Dt ODD 1\n.Os\n.Sh NAME\n.Nm odd\n.Nd test\n",
    ".Ss odd do\n.Nm \"odd do\"\n", "One.\nTwo words.\n.Pp\n\\&.SH is no request here.\n",
    ".It Cm \"\\&\\-o, \\-\\-odd TEXT\"\nA \\e or \\-x.\n"
      + "(default: \\(aq\\e; environment: ODD)\n",
    ".It Cm \"\\&NAME...\"\nNames.\n", ".Sh ENVIRONMENT\n",
    ".It Cm \"\\&ODD\"\nThe value of \\-\\-odd",
    ".Sh FILES\nThere are some.\n.Bl -tag -width Ds\n.It Cm \"\\&a b\"\nOne.\n.El\n",
    ".Sh EXAMPLES\nWhat it does:\n.Dl odd do \\(aqa\\(aq \\en\n",
  ])
  func page(part: String) {
    #expect(Self.page.contains(part), "\(Self.page)")
  }
}
