/// What of the kernel's sources works here, and what is missing, why, and what helps.
public struct Capabilities: Hashable, Sendable {
  public struct Item: Hashable, Sendable {
    /// What it is: `tracefs`, `tcp:tcp_receive_reset`, `perf side-band` and so on.
    public var name: String
    /// What does not work without it.
    public var provides: String
    /// Nil when it works.
    public var problem: Problem?

    public init(name: String, provides: String, problem: Problem? = nil) {
      self.name = name
      self.provides = provides
      self.problem = problem
    }
  }

  public struct Problem: Hashable, Sendable {
    public var error: KernelError
    /// What to do about it, in one sentence.
    public var remedy: String

    public init(error: KernelError, remedy: String) {
      self.error = error
      self.remedy = remedy
    }
  }

  public private(set) var items: [Item] = []

  public init() {}

  /// What is missing.
  public var problems: [Item] { items.filter { $0.problem != nil } }

  /// Whether this was tried and works.
  public func works(_ name: String) -> Bool {
    items.contains { $0.name == name && $0.problem == nil }
  }

  mutating func note(
    _ name: String, provides: String, error: KernelError? = nil,
    remedy: @autoclosure () -> String = ""
  ) {
    let problem = error.map { Problem(error: $0, remedy: remedy()) }
    items.append(Item(name: name, provides: provides, problem: problem))
  }
}
