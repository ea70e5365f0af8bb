import Arguments
import NetmonKernel

/// Who to be once all is open: what `collect` and `serve` have in common.
struct PrivilegeOptions: Sendable {
  /// Nil is ``NetmonKernel/Confinement/defaultUser`` for root, where there is one.
  var user: String?

  static func declarations<Root>(_ part: Property<Root, PrivilegeOptions>) -> Group<Root> {
    Group(part) {
      Group("Privilege") {
        Option(
          "user", \.user, "NAME", environment: "NETMON_USER",
          help: """
            started as root, become this user, whose the database will be; by default netmon, if there \
            is such a user, else root with the few capabilities that are needed
            """)
      }
      Check { $0.user == "" ? "--user must not be empty" : nil }
    }
  }
}
