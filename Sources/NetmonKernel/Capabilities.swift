/// What of the kernel's sources works here, and what is missing, why, and what helps.
public struct Capabilities: Hashable, Sendable {
  public struct Item: Hashable, Sendable {
    /// What it is, without blanks: `tracefs`, `tcp:tcp_receive_reset`, `perf-sideband` and so on.
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
    /// What to do about it, as part of a sentence: `run as root`.
    public var remedy: String

    public init(error: KernelError, remedy: String) {
      self.error = error
      self.remedy = remedy
    }
  }

  public private(set) var items: [Item] = []
  /// The tracefs instances of killed netmons that a probe found and removed.
  public internal(set) var leftovers: [String] = []

  public init() {}

  /// What is missing.
  public var problems: [Item] { items.filter { $0.problem != nil } }

  /// Whether this was tried and works.
  public func works(_ name: String) -> Bool {
    items.contains { $0.name == name && $0.problem == nil }
  }

  static let tracefs = "tracefs"
  static let sideband = "perf-sideband"
  static let processNumbers = "process-numbers"

  mutating func note(
    _ name: String, provides: String, error: KernelError? = nil,
    remedy: @autoclosure () -> String = ""
  ) {
    let problem = error.map { Problem(error: $0, remedy: remedy()) }
    items.append(Item(name: name, provides: provides, problem: problem))
  }
}

extension Capabilities.Item: CustomStringConvertible {
  /// One line: what is missing, why, and what helps.
  public var description: String {
    problem.map { "\(name): \($0.error): \($0.remedy)" } ?? name
  }
}
