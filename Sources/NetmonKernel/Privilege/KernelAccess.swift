internal import CLinux
internal import Glibc
public import NetmonCore
internal import Synchronization

/// What a process has opened of the kernel, for all its collectors: after privilege was given up it
/// could not be opened again, as when a damaged database makes all begin anew.
///
/// It lends the kernel's sources to one of them at a time.
public final class KernelAccess: Sendable {
  /// What to open.
  public struct Wish: Sendable {
    /// The kernel's events; nil without them.
    public var events: KernelSource.Options?
    /// Whether sockets are listed by sock_diag, also in other network namespaces.
    public var diag: Bool

    public init(events: KernelSource.Options?, diag: Bool) {
      self.events = events
      self.diag = diag
    }
  }

  /// What works, and what is missing.
  public let capabilities: Capabilities
  /// Why there is no source of events; nil also where none was wished for.
  public let failure: KernelError?
  public let wishesEvents: Bool
  /// Opens what this process may not.
  package let janitor: Janitor?
  private let state: Mutex<State>

  /// Sendable, as the source is used by the one that has taken it out.
  private struct State: @unchecked Sendable {
    var source: KernelSource?
    var leftovers: [String]
  }

  /// Opens what works; the rest is told in ``capabilities`` and ``failure``.
  ///
  /// `privileges` are those that this process is about to give up, if it is; `stays` says whether it
  /// will be the same user. It must have but one thread then, as another process is started that keeps
  /// what is needed of them.
  public init(
    _ wish: Wish, proc: ProcFS, givingUp privileges: Privileges? = nil, stays: Bool = true
  ) {
    linux_allow_locked_memory()
    wishesEvents = wish.events != nil
    let leftovers = wishesEvents ? Capabilities.removeLeftovers(proc) : []
    var capabilities = Capabilities()
    var source: KernelSource?
    var failure: KernelError?
    do throws(KernelError) {
      if let options = wish.events {
        source = try KernelSource(options, proc: proc, capabilities: &capabilities)
      }
    } catch {
      failure = error
    }
    let leaver = privileges.flatMap { Leaver($0, wish, stays: stays, hasInstance: source != nil) }
    janitor = leaver.flatMap { leaver in
      try? Janitor(
        keeping: leaver.kept, removing: leaver.leavesRemoval ? source?.removal : nil)
    }
    if let janitor, leaver?.leavesRemoval == true { source?.leaveRemoval(to: janitor) }
    self.capabilities = capabilities
    self.failure = failure
    state = Mutex(State(source: source, leftovers: leftovers))
  }

  /// What is left to a janitor; nil if there is nothing for it to do.
  struct Leaver: Hashable {
    var kept: CapabilitySet
    var leavesRemoval: Bool

    init?(_ privileges: Privileges, _ wish: Wish, stays: Bool, hasInstance: Bool) {
      // What is root's in tracefs, root removes without any capability.
      leavesRemoval = hasInstance && !(stays && privileges.uid == 0)
      kept = wish.diag ? privileges.permitted.intersection(.CAP_SYS_ADMIN) : []
      if leavesRemoval, privileges.uid != 0 {
        kept.formUnion(privileges.permitted.intersection(.CAP_DAC_OVERRIDE))
      }
      if kept.isEmpty, !leavesRemoval { return nil }
    }
  }
}

extension KernelAccess {
  /// The trace instances of killed netmons that were found and removed; told once.
  public func takeLeftovers() -> [String] {
    state.withLock { state in
      defer { state.leftovers = [] }
      return state.leftovers
    }
  }

  /// Lends the source of events, which comes back by ``giveBack(_:)``; nil when it is lent or was
  /// never there.
  package func take() -> KernelSource? {
    state.withLock { state in
      let taken = State(source: state.source, leftovers: [])
      state.source = nil
      return taken
    }.source
  }

  package func giveBack(_ source: KernelSource) {
    let returned = State(source: source, leftovers: [])
    state.withLock { $0.source = returned.source }
  }
}
