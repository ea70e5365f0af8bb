public import NetmonCore
public import NetmonKernel

extension Collector.Configuration {
  /// Opens what a collector of this tier takes of the kernel; what does not work is told by the result.
  ///
  /// `privileges` are those that this process is about to give up, if it is, and `stays` says whether
  /// it will be the same user: see `KernelAccess`.
  public func openKernel(
    _ fs: ProcFS, givingUp privileges: Privileges? = nil, stays: Bool = true
  ) -> KernelAccess {
    var options = KernelSource.Options()
    options.traceSyscalls = tracesSyscalls
    return KernelAccess(
      .init(events: tier ?? .kernel == .kernel ? options : nil, diag: tier != .proc),
      proc: fs, givingUp: privileges, stays: stays)
  }
}
