internal import CLinux
internal import Glibc
public import NetmonCore

extension Capabilities {
  /// Tries each source on its own, whether or not others work, and leaves nothing behind. What
  /// killed netmons left in tracefs is removed on the way, and told in `leftovers`.
  ///
  /// It takes some milliseconds. The tracepoints are enabled for a moment; of those of system calls
  /// it is only seen whether they are there.
  public static func probed(_ proc: ProcFS) -> Capabilities {
    var capabilities = Capabilities()
    capabilities.noteProcessNumbers(proc.isInInitialPIDNamespace ? nil : .foreignProcessNumbers)
    capabilities.probeTraceFS(proc)
    capabilities.probeSideband()
    capabilities.probeSockDiag()
    do throws(KernelError) {
      _ = try DestroyGroup()
      capabilities.noteDestroyGroup()
    } catch {
      capabilities.noteDestroyGroup(error)
    }
    return capabilities
  }

  /// Removes what killed netmons left in tracefs, and returns the names of those instances; none
  /// where tracefs cannot be used.
  public static func removeLeftovers(_ proc: ProcFS) -> [String] {
    // In another PID namespace all others seem to have ended.
    guard proc.isInInitialPIDNamespace, let fs = try? TraceFS() else { return [] }
    let removed = try? TraceInstance.removeStale(in: fs) { proc.isRunning($0) }
    return removed?.sorted() ?? []
  }

  /// What the kernel tier cannot do without and does not have; nil when it works.
  public var obstacle: Item? {
    let needed = [Self.processNumbers, Self.tracefs, Tracepoint.inet_sock_set_state.fullName]
    return problems.first { needed.contains($0.name) }
  }

  /// What the kernel tier works without, though not as well: processes that are gone before `/proc`
  /// can be read stay unknown. Nil when it is there.
  public var weakness: Item? { problems.first { $0.name == Self.sideband } }

  private mutating func probeSideband() {
    do throws(KernelError) {
      // As large as that of a collector: the memory for it is limited too.
      _ = try PerfSideband(cpus: CPUList.online().cpus)
      noteSideband()
    } catch {
      noteSideband(error)
    }
  }

  private mutating func probeTraceFS(_ proc: ProcFS) {
    do throws(KernelError) {
      leftovers = Self.removeLeftovers(proc)
      let fs = try TraceFS()
      let instance = try TraceInstance(in: fs, of: proc, kilobytes: 64)
      noteTraceFS()
      for tracepoint in Tracepoint.allCases { probe(tracepoint, fs, instance) }
    } catch {
      noteTraceFS(error)
    }
  }

  private mutating func probe(
    _ tracepoint: Tracepoint, _ fs: TraceFS, _ instance: TraceInstance
  ) {
    do throws(KernelError) {
      var decoder = EventDecoder()
      try decoder.add(tracepoint, fs.format(of: tracepoint))
      // Those of system calls slow all of them down.
      if !tracepoint.isSystemCall { try instance.enable(tracepoint) }
      note(tracepoint)
    } catch {
      note(tracepoint, error)
    }
  }

  private mutating func probeSockDiag() {
    do throws(KernelError) {
      var diag = SockDiag(try NetlinkSocket(family: NETLINK_SOCK_DIAG, isBlocking: true))
      _ = try diag.dump(.tcp, .ipv4, networkNamespace: 0, figures: true) { _ in }
      noteSockDiag()
    } catch {
      noteSockDiag(error)
    }
    do throws(KernelError) {
      let path = "/proc/self/ns/net"
      let network = try Descriptor(open(path, O_RDONLY | O_CLOEXEC), .open, path)
      _ = try NetlinkSocket(family: NETLINK_SOCK_DIAG, in: network, isBlocking: true)
      noteOtherNamespaces()
    } catch {
      noteOtherNamespaces(error)
    }
  }
}
