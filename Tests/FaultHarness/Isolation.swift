import Foundation

/// A mount, network and process namespace for one run: it sees no sockets but its own, its mounts
/// are nobody else's, and all that it started ends with it (namespaces(7)).
enum Isolation {
  private static let mark = "NETMON_FAULTS_ISOLATED"
  private static let command = [
    "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
  ]

  /// Starts this program again in new namespaces, in place of this process, where that is allowed.
  ///
  /// - Throws: ``FaultError/missing(_:)`` if it is not, and the run needs it.
  static func enter(isNeeded: Bool = false) throws {
    if getenv(mark) != nil {
      unsetenv(mark)
      return try raiseLoopback()
    }
    guard try Child(command + ["true"], messages: "/dev/null").wait() == 0 else {
      guard isNeeded else { return }
      throw FaultError.missing("it takes root and unshare(1) to make namespaces")
    }
    setenv(mark, "1", 1)
    let own = try Netmon.built("faults")
    let arguments = command + ["--", own] + CommandLine.arguments.dropFirst()
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    execvp(command[0], &argv)
    throw FaultError.system("unshare", errno: errno)
  }

  private static func raiseLoopback() throws {
    let status = try Child(["ip", "link", "set", "lo", "up"], messages: "/dev/null").wait()
    guard status == 0 else { throw FaultError.missing("it takes ip (Debian: iproute2)") }
  }
}
