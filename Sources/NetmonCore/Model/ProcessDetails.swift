/// What is known of a process: enough to recognise it after it is gone.
///
/// All records of a process share one copy of it in memory, as they are many.
public struct ProcessDetails: Sendable {
  private var shared: Shared

  public init(identity: ProcessIdentity, name: String = "", path: String = "") {
    shared = Shared(Fields(identity: identity, name: name, path: path))
  }

  /// The process of a socket whose owner could not be found.
  public static let unknown = ProcessDetails(identity: ProcessIdentity(pid: 0, startTime: 0))

  private struct Fields: Hashable {
    var identity: ProcessIdentity
    var name: String
    var path: String
    var userID: UInt32?
    var user: String?
    var unit: String?
    var container: String?
    var parentID: Int32?
    var parentName: String?
    var command: String?
  }

  /// Changed only by the one value that refers to it; what several refer to is copied first.
  private final class Shared: @unchecked Sendable {
    var fields: Fields

    init(_ fields: Fields) {
      self.fields = fields
    }
  }

  private var fields: Fields {
    get { shared.fields }
    _modify {
      if !isKnownUniquelyReferenced(&shared) { shared = Shared(shared.fields) }
      yield &shared.fields
    }
  }
}

extension ProcessDetails {
  public var identity: ProcessIdentity {
    get { fields.identity }
    set { fields.identity = newValue }
  }

  /// The kernel's `comm`: at most 15 bytes, chosen by the process and therefore hostile.
  public var name: String {
    get { fields.name }
    set { fields.name = newValue }
  }

  /// The executable's absolute path, kept when the file was deleted since; "" when unknown.
  public var path: String {
    get { fields.path }
    set { fields.path = newValue }
  }

  public var userID: UInt32? {
    get { fields.userID }
    set { fields.userID = newValue }
  }

  public var user: String? {
    get { fields.user }
    set { fields.user = newValue }
  }

  /// The systemd unit, such as `nginx.service`.
  public var unit: String? {
    get { fields.unit }
    set { fields.unit = newValue }
  }

  /// The container's id, as its runtime wrote it into the cgroup path.
  public var container: String? {
    get { fields.container }
    set { fields.container = newValue }
  }

  public var parentID: Int32? {
    get { fields.parentID }
    set { fields.parentID = newValue }
  }

  public var parentName: String? {
    get { fields.parentName }
    set { fields.parentName = newValue }
  }

  /// The command line, only when asked for: it may hold secrets.
  public var command: String? {
    get { fields.command }
    set { fields.command = newValue }
  }
}

extension ProcessDetails {
  /// Whether both are one copy in memory, and so surely equal.
  package func isIdentical(to other: ProcessDetails) -> Bool { shared === other.shared }
}

extension ProcessDetails: Hashable {
  public static func == (a: Self, b: Self) -> Bool {
    a.shared === b.shared || a.fields == b.fields
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(fields)
  }
}
