internal import NetmonCore

/// Of all executable mappings lets only the first after an exec pass: the program itself (of a
/// script its interpreter), not its libraries.
struct ExecutableFilter: Sendable {
  /// Processes whose program has not been mapped yet.
  private var awaited: Set<Int32> = []

  /// Whether this event is to be passed on. Events must come in the order of time, as a process can
  /// move to another CPU between the two.
  mutating func accepts(_ event: SocketEvent) -> Bool {
    switch event.kind {
    case .name(let process, _, _, isExec: true):
      awaited.insert(process)
      return true
    case .executable(let process, _):
      return awaited.remove(process) != nil
    case .exit(let process, let thread):
      if process == thread { awaited.remove(process) }
      return true
    default:
      return true
    }
  }
}
