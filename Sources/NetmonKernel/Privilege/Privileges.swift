internal import CLinux
internal import Glibc
internal import NetmonCore

/// What a process may do: who it is, and the capabilities that it holds.
public struct Privileges: Hashable, Sendable {
  public var uid: UInt32
  public var permitted: CapabilitySet
  /// Whether it may become any user: not in a user namespace that maps but a few.
  public var canBecome: Bool

  public init(uid: UInt32, permitted: CapabilitySet, canBecome: Bool) {
    self.uid = uid
    self.permitted = permitted
    self.canBecome = canBecome
  }

  /// Those of this process (capget(2)).
  public static func current() throws(PrivilegeError) -> Privileges {
    var mask: UInt64 = 0
    guard linux_permitted_capabilities(&mask) == 0 else { throw .system(.capget, errno: errno) }
    let permitted = CapabilitySet(rawValue: mask)
    return Privileges(
      uid: geteuid(), permitted: permitted,
      canBecome: permitted.isSuperset(of: [.CAP_SETUID, .CAP_SETGID]) && mapsAllUsers)
  }

  /// Whether this user namespace has the users of the machine (user_namespaces(7), uid_map).
  private static var mapsAllUsers: Bool {
    guard let map = try? ProcFS().line(of: "self/uid_map") else { return false }
    let numbers = map.split(separator: " ").compactMap { UInt64($0) }
    return numbers.count == 3 && numbers[0] == 0 && numbers[2] >= 65_534
  }
}
