internal import Glibc
package import NetmonCore

/// A trace buffer of our own, beside those of other tools: `instances/netmon-PID-STARTTIME`.
///
/// It is removed with this object. The kernel does not do that when a process dies, so the name
/// says whose it is, and `removeStale` clears up after others.
package final class TraceInstance {
  package let name: String
  private let fs: TraceFS
  private(set) var rings: [TraceRing] = []
  /// Who removes the instance in place of this process, if anybody does.
  var janitor: Janitor?

  private var path: String { "instances/\(name)" }

  /// Makes the instance, with nothing enabled yet, and a ring of so many kilobytes for each CPU. The
  /// end of this process, whose identity is read from `proc`, makes it stale.
  ///
  /// Throws `KernelError.system`: EEXIST if this process has one already.
  package init(in fs: TraceFS, of proc: ProcFS, kilobytes: Int) throws(KernelError) {
    let owner: ProcessIdentity
    do {
      owner = try proc.ownIdentity()
    } catch {
      throw .malformed("\(proc.root)/self/stat")
    }
    self.fs = fs
    name = "\(Self.prefix)\(owner.pid)-\(owner.startTime)"
    try fs.makeDirectory("instances/\(name)")
    do throws(KernelError) {
      // The clock first: to change it empties the rings.
      try fs.write("mono", to: "\(path)/trace_clock")
      try fs.write("0", to: "\(path)/options/overwrite")
      try fs.write("\(kilobytes)", to: "\(path)/buffer_size_kb")
    } catch {
      try? fs.removeDirectory(path)
      throw error
    }
  }

  /// The kernel refuses to remove an instance while one of its files is open.
  deinit {
    rings.removeAll()
    if let janitor { janitor.finish() } else { try? fs.removeDirectory(path) }
  }

  var removal: Janitor.Removal { .init(directory: fs.root, path: path) }

  /// Opens the ring of a CPU that is online.
  func openRing(of cpu: UInt32, _ format: SubBufferFormat) throws(KernelError) {
    rings.append(try TraceRing(fs, "\(path)/per_cpu/cpu\(cpu)", cpu: cpu, format))
  }

  /// Has a tracepoint write into the rings from now on.
  package func enable(_ tracepoint: Tracepoint) throws(KernelError) {
    let directory = "\(path)/\(tracepoint.directory)"
    if let filter = tracepoint.filter { try fs.write(filter, to: "\(directory)/filter") }
    try fs.write("1", to: "\(directory)/enable")
  }
}

// MARK: - Stale instances

extension TraceInstance {
  private static let prefix = "netmon-"

  /// Removes the instances of processes that are gone. One that is in use after all, by a process
  /// of another pid namespace, stays: the kernel answers EBUSY.
  ///
  /// Returns the names of those removed.
  @discardableResult
  package static func removeStale(
    in fs: TraceFS, isAlive: (ProcessIdentity) -> Bool
  ) throws(KernelError) -> [String] {
    var removed: [String] = []
    for name in try fs.names(in: "instances") {
      guard let owner = owner(ofInstance: name), !isAlive(owner) else { continue }
      do {
        try fs.removeDirectory("instances/\(name)")
        removed.append(name)
      } catch {
        guard error.errno == EBUSY || error.errno == ENOENT else { throw error }
      }
    }
    return removed
  }

  /// The process that an instance's name speaks of, or nil if it is not one of ours.
  static func owner(ofInstance name: String) -> ProcessIdentity? {
    guard name.hasPrefix(prefix) else { return nil }
    let parts = name.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let pid = Int32(parts[0]), let start = UInt64(parts[1]) else {
      return nil
    }
    return ProcessIdentity(pid: pid, startTime: start)
  }
}
