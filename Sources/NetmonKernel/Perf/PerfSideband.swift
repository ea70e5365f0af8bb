internal import CLinux
internal import Glibc
internal import NetmonCore

/// What processes do, on all CPUs: fork, exec, exit, names, executables and namespaces. Records of
/// it were never seen lost, while perf loses samples that are taken in interrupts on some machines.
final class PerfSideband {
  private(set) var rings: [PerfRing] = []
  /// Whether the kernel tells of new cgroups (Linux 5.7).
  private(set) var hasCgroups = true
  private let pages: Int

  /// Opens the side-band of these CPUs; one that went offline meanwhile is skipped.
  ///
  /// Throws `KernelError.system` if that is not allowed; see `PerfRing`.
  init(cpus: [UInt32], pages: Int = 512) throws(KernelError) {
    self.pages = pages
    for cpu in cpus { try open(cpu) }
  }

  /// Opens the side-band of a CPU that came online.
  func open(_ cpu: UInt32) throws(KernelError) {
    do {
      rings.append(try openRing(cpu))
    } catch {
      guard error.errno == ENODEV else { throw error }
    }
  }

  private func openRing(_ cpu: UInt32) throws(KernelError) -> PerfRing {
    if hasCgroups {
      do {
        return try ring(cpu, hasCgroups: true)
      } catch {
        guard error.errno == EINVAL else { throw error }
      }
    }
    let ring = try ring(cpu, hasCgroups: false)
    hasCgroups = false
    return ring
  }

  private func ring(_ cpu: UInt32, hasCgroups: Bool) throws(KernelError) -> PerfRing {
    var attributes = perf_event_attr()
    attributes.type = PERF_TYPE_SOFTWARE.rawValue
    attributes.config = UInt64(PERF_COUNT_SW_DUMMY.rawValue)
    attributes.sample_type = PerfRecord.sampleType
    attributes.sample_id_all = 1
    attributes.task = 1
    attributes.comm = 1
    attributes.comm_exec = 1
    // Both: without the first the kernel does not look at mappings at all (`account_event`).
    attributes.mmap = 1
    attributes.mmap2 = 1
    attributes.namespaces = 1
    attributes.cgroup = hasCgroups ? 1 : 0
    // What no event tells of a process is read while it lives, so each one matters at once.
    return try PerfRing(cpu: cpu, attributes, pages: pages, isUrgent: true) {
      PerfRecord.decode($0)
    }
  }

  /// Closes the side-band of CPUs that went offline: their events are dead and would keep poll(2)
  /// from waiting. Drain them before.
  func close(_ cpus: [UInt32]) {
    rings.removeAll { cpus.contains($0.cpu) }
  }
}
