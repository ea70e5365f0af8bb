import Arguments
import Glibc

/// Holds a known number of sockets open on loopback, for tests and benchmarks to find.
///
/// It says `ready` and how many sockets it has open, then waits for its standard input to end, so
/// that it never outlives who started it.
@main
struct SocketFarm {
  struct Options: Sendable {
    var sockets = Farm.Plan()
    var newNamespace = false
  }

  static let command = Command<Options>(
    "socket-farm",
    summary: "Hold sockets open on loopback until standard input ends",
    discussion: """
      A connection is two sockets, as both ends are held here; a listener comes with every 10,000 \
      connections of a kind. Prints "ready COUNT" once all COUNT sockets are open.
      """,
    options: Options()
  ) {
    Group("Sockets") {
      Option(
        "connections", \.sockets.ipv4, in: 0...1_000_000, help: "TCP connections over IPv4")
      Option("ipv6", \.sockets.ipv6, in: 0...1_000_000, help: "TCP connections over IPv6")
      Option(
        "mapped", \.sockets.mapped, in: 0...1_000_000,
        help: "TCP connections over IPv4 by IPv6 sockets")
      Option(
        "half-closed", \.sockets.halfClosed, in: 0...1_000_000,
        help: "TCP connections over IPv4 whose client has sent all, in FIN_WAIT2 and CLOSE_WAIT")
      Option(
        "udp", \.sockets.udp, in: 0...1_000_000,
        help: "pairs of UDP sockets over IPv4, one of them connected to the other")
      Option("udp6", \.sockets.udp6, in: 0...1_000_000, help: "the same over IPv6")
    }
    Flag(
      "new-namespace", \.newNamespace,
      help: "make a network namespace of its own first, which takes root")
  } action: { options in
    options
  }

  static func main() {
    do {
      switch try command.parse(Array(CommandLine.arguments.dropFirst())) {
      case .print(let text): print(text, terminator: "")
      case .run(let options): try run(options)
      }
    } catch let error as UsageError {
      fail("\(error)", status: 2)
    } catch {
      fail("socket-farm: \(error)", status: 1)
    }
  }

  private static func run(_ options: Options) throws {
    if options.newNamespace { try NetworkNamespace.enterNew() }
    let count = try Farm.open(options.sockets)
    print("ready \(count)")
    fflush(nil)
    var buffer: UInt8 = 0
    while read(STDIN_FILENO, &buffer, 1) > 0 {}
  }

  private static func fail(_ message: String, status: Int32) {
    _ = "\(message)\n".withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(status)
  }
}
