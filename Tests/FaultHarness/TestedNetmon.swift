import Arguments

/// Which netmon is tested: what all commands have in common.
struct TestedNetmon: Sendable {
  private var path: String?
  private var readiness = Duration.seconds(2)

  static func declarations<Root>(_ part: Property<Root, TestedNetmon>) -> Group<Root> {
    Group(part) {
      Option("netmon", \.path, "FILE", help: "the netmon to test (default: the one built here)")
      Option(
        "ready-within", \.readiness, in: .seconds(1)...(.seconds(60)),
        help: "how soon a start must have led to something that works")
    }
  }

  func callAsFunction() throws -> Netmon {
    Netmon(path: try path ?? Netmon.built("netmon"), readiness: readiness)
  }
}
