internal import Glibc

/// The CPUs that are online, from a list such as `0-3,8` (cpuset(7), "List format").
package struct CPUList: Hashable, Sendable {
  package var cpus: [UInt32]

  /// Nil if the text is no such list. CPUs end at 8,192 (`CONFIG_NR_CPUS`).
  package init?(_ text: String) {
    cpus = []
    let line = text.prefix { $0 != "\n" }
    for range in line.split(separator: ",", omittingEmptySubsequences: false) {
      let bounds = range.split(separator: "-", omittingEmptySubsequences: false).map { UInt32($0) }
      guard (1...2).contains(bounds.count), let first = bounds[0],
        let last = bounds[bounds.count - 1],
        first <= last, last < 8192
      else { return nil }
      cpus += first...last
    }
  }

  /// Those that are online now.
  ///
  /// Throws `KernelError` if `/sys` cannot be read.
  static func online() throws(KernelError) -> CPUList {
    let path = "/sys/devices/system/cpu/online"
    let file = try Descriptor(open(path, O_RDONLY | O_CLOEXEC), .open, path)
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = try file.read(into: &buffer, path) ?? 0
    guard let list = CPUList(String(decoding: buffer[..<count], as: UTF8.self)) else {
      throw .malformed(path)
    }
    return list
  }
}
