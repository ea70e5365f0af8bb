internal import CLinux
internal import Glibc
internal import NetmonCore

/// Samples each connect(2), on all CPUs, for where it goes. Best effort: a sample may be lost, and
/// many a program keeps the address elsewhere than on its stack.
final class ConnectSampler {
  private(set) var rings: [PerfRing] = []
  private let sample: ConnectSample
  private let tracepoint: UInt16

  /// Opens it on these CPUs; one that went offline meanwhile is skipped. `format` is that of
  /// `sys_enter_connect`.
  ///
  /// Throws `KernelError`; see `PerfRing`.
  init(_ format: TracepointFormat, cpus: [UInt32]) throws(KernelError) {
    sample = try ConnectSample(format)
    tracepoint = format.id
    for cpu in cpus {
      do throws(KernelError) {
        rings.append(try ring(cpu))
      } catch {
        guard error.errno == ENODEV else { throw error }
      }
    }
  }

  private func ring(_ cpu: UInt32) throws(KernelError) -> PerfRing {
    var attributes = perf_event_attr()
    attributes.type = PERF_TYPE_TRACEPOINT.rawValue
    attributes.config = UInt64(tracepoint)
    attributes.sample_period = 1
    attributes.sample_type = ConnectSample.sampleType
    attributes.sample_regs_user = ConnectSample.registers
    attributes.sample_stack_user = ConnectSample.stackSize
    let sample = sample
    return try PerfRing(cpu: cpu, attributes, pages: 256) { sample.decode($0) }
  }
}
