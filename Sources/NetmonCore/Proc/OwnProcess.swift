internal import Glibc

/// What the process that asks takes up (proc_pid_stat(5)).
package struct OwnProcess: Hashable, Sendable {
  /// User and system time.
  package let cpuSeconds: Double
  /// Since 1970, to the second.
  package let startSeconds: Int64
  package let virtualBytes: Int64
  package let residentBytes: Int64
  package let openDescriptors: Int

  package init(_ fs: ProcFS) throws(ProcError) {
    let path = "self/stat"
    // The name of the process may hold anything; numbers follow its last parenthesis.
    let numbers = try fs.line(of: path).split(separator: ")").last.map {
      $0.split(separator: " ").map { Int64($0) ?? 0 }
    }
    // The first of them is field 3.
    guard let numbers, numbers.count > 21 else { throw .malformed(path: path) }
    let facts = try HostFacts(fs)
    cpuSeconds = Double(numbers[11] + numbers[12]) / Double(facts.ticksPerSecond)
    startSeconds = facts.bootTime.microseconds / 1_000_000 + numbers[19] / facts.ticksPerSecond
    virtualBytes = numbers[20]
    residentBytes = numbers[21] * Int64(sysconf(Int32(_SC_PAGESIZE)))
    var count = 0
    try OpenDirectory("\(fs.root)/self/fd").forEachName { name in
      if name[0] != CChar(UInt8(ascii: ".")) { count += 1 }
    }
    // One of them is the directory's own.
    openDescriptors = count - 1
  }

  package init() throws(ProcError) {
    try self.init(ProcFS())
  }
}
