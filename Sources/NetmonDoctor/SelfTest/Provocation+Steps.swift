internal import CLinux
internal import Glibc
internal import NetmonCore
internal import NetmonKernel

/// What provocations have in common.
extension Provocation {
  /// A client that is connected; `end` is at loopback or in the laboratory.
  static func connected(
    to end: Endpoint, _ family: ProbeSocket.Family
  ) throws(Obstacle) -> ProbeSocket {
    let client = try ProbeSocket(family)
    try expect(client.connect(to: end), 0, "connect")
    return client
  }

  /// Returns the new process, which is over, and what connect(2) told it.
  static func connectInNewProcess(
    to end: Endpoint, _ family: ProbeSocket.Family
  ) throws(Obstacle) -> (process: Int32, error: Int32) {
    var error: Int32 = 0
    let child = ProbeSocket.withAddress(end, family) {
      linux_connect_in_new_process($0, $1, Int32(SOCK_STREAM.rawValue), &error)
    }
    guard child > 0 else { throw .kernel(.system(.fork, subject: "probe", errno: errno)) }
    return (child, error)
  }

  /// Makes sure that the kernel told the application what it must.
  static func expect(
    _ actual: Int32, _ expected: Int32, _ call: String
  ) throws(Obstacle) {
    if actual == expected { return }
    if actual == ENETUNREACH, expected == 0 {
      throw .missing("the loopback interface is down: ip link set lo up")
    }
    throw .surprise("\(call): \(errnoName(actual)), not \(errnoName(expected))")
  }
}

extension Provocation.Obstacle: CustomStringConvertible {
  var description: String {
    switch self {
    case .missing(let what): what
    case .surprise(let what): what
    case .kernel(let error): "\(error)"
    }
  }
}
