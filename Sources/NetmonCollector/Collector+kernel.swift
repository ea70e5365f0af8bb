public import NetmonCore
public import NetmonKernel

extension Collector.Configuration {
  /// Opens what a collector of this tier takes of the kernel, or tells why that does not work; nil if
  /// it takes nothing.
  ///
  /// With `leavesRemoval`, another process removes from the kernel what outlives this one: before
  /// privilege is given up, and while there is but one thread.
  public func openKernel(_ fs: ProcFS, leavesRemoval: Bool = false) -> KernelAccess? {
    guard tier ?? .kernel == .kernel else { return nil }
    var options = KernelSource.Options()
    options.traceSyscalls = tracesSyscalls
    return KernelAccess(options, proc: fs, leavesRemoval: leavesRemoval)
  }
}
