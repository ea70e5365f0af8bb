internal import CLinux
public import NetmonCore
internal import Synchronization

/// The kernel's sources, opened once for all collectors of a process: after privilege was given up
/// they could not be opened again, as when a damaged database makes all begin anew.
///
/// It lends them to one at a time.
public final class KernelAccess: Sendable {
  /// What works, and what is missing.
  public let capabilities: Capabilities
  /// Why there is no source.
  public let failure: KernelError?
  private let state: Mutex<State>

  /// Sendable, as the source is used by the one that has taken it out.
  private struct State: @unchecked Sendable {
    var source: KernelSource?
    var leftovers: [String]
  }

  /// Opens what works; the rest is told in ``capabilities`` and ``failure``.
  ///
  /// With `leavesRemoval` another process will remove what the kernel keeps. That takes a process with
  /// one thread.
  public init(_ options: KernelSource.Options, proc: ProcFS, leavesRemoval: Bool) {
    linux_allow_locked_memory()
    let leftovers = Capabilities.removeLeftovers(proc)
    var capabilities = Capabilities()
    var opened: KernelSource?
    var failure: KernelError?
    do throws(KernelError) {
      let source = try KernelSource(options, proc: proc, capabilities: &capabilities)
      if leavesRemoval { try source.leaveRemoval() }
      opened = source
    } catch {
      failure = error
    }
    self.capabilities = capabilities
    self.failure = failure
    state = Mutex(State(source: opened, leftovers: leftovers))
  }

  /// The trace instances of killed netmons that were found and removed; told once.
  public func takeLeftovers() -> [String] {
    state.withLock { state in
      defer { state.leftovers = [] }
      return state.leftovers
    }
  }

  /// Lends the sources, which come back by ``giveBack(_:)``; nil when they are lent or were never
  /// there.
  package func take() -> KernelSource? {
    state.withLock { state in
      let taken = State(source: state.source, leftovers: [])
      state.source = nil
      return taken
    }.source
  }

  package func giveBack(_ source: KernelSource) {
    let state = State(source: source, leftovers: [])
    self.state.withLock { $0.source = state.source }
  }
}
