internal import CLinux
internal import Glibc
internal import NetmonCore

/// What a process becomes once it has opened what takes privilege.
public struct Confinement: Hashable, Sendable {
  /// Who it becomes; nil if it stays who it is.
  public var account: Account?
  /// The capabilities that it keeps.
  public var kept: CapabilitySet

  /// The user that root becomes where nobody says.
  public static let defaultUser = "netmon"

  /// Decides for a process with these privileges. `user` is whom it is asked to become; by default
  /// root becomes `netmon` where there is one. `needed` is what it cannot do without.
  public init(
    of privileges: Privileges, user: String?, needed: CapabilitySet,
    find: (String) -> Account? = Account.init(named:)
  ) throws(PrivilegeError) {
    kept = needed.intersection(privileges.permitted)
    guard let name = user ?? (privileges.uid == 0 ? Self.defaultUser : nil) else { return }
    guard let account = find(name) else {
      if user == nil { return }
      throw .unknownUser(name)
    }
    if account.uid == privileges.uid { return }
    guard privileges.uid == 0, privileges.canBecome else {
      if user == nil { return }
      throw .cannotBecome(name)
    }
    self.account = account
  }
}

extension Confinement {
  /// Confines this process, for good: every thread that it will have is this user, holds these
  /// capabilities and no others, and can execute nothing. Where a service manager's filter of system
  /// calls forbids to change capabilities, those that it has left stay.
  ///
  /// Throws if there is more than one thread, as most of these calls concern the calling one alone,
  /// or if it did not succeed in full: the process is to end then.
  public func apply() throws(PrivilegeError) {
    // Without /proc nobody can tell.
    let threads = (try? ProcFS().ownThreadIDs().count) ?? 1
    guard threads == 1 else { throw .hasThreads(threads) }
    let before = try Privileges.current()
    // Without CAP_SETPCAP nothing can be gained by executing, as that is forbidden below.
    if before.permitted.contains(.CAP_SETPCAP) {
      try Self.check(.prctl, linux_limit_capabilities(kept.rawValue))
    }
    if let account {
      try Self.check(.prctl, linux_keep_capabilities(true))
      try Self.check(.setresuid, linux_become(account.name, account.uid, account.gid))
      try Self.check(.prctl, linux_keep_capabilities(false))
    }
    let held = try limit(before)
    try Self.check(.prctl, linux_forbid_new_privileges())
    if linux_forbid_calls(false) != 0, ![ENOSYS, EINVAL].contains(errno) {
      throw .system(.seccomp, errno: errno)
    }
    try verify(held)
  }

  /// Gives up all capabilities but those that are kept, and returns those that it has then: all of them
  /// where a service manager has seen to it already, with a filter that lets nobody change any.
  private func limit(_ before: Privileges) throws(PrivilegeError) -> CapabilitySet {
    if linux_set_capabilities(kept.rawValue) == 0 { return kept }
    guard errno == EPERM, account == nil, linux_is_filtered() else {
      throw .system(.capset, errno: errno)
    }
    return before.permitted
  }

  private static func check(
    _ step: PrivilegeError.Step, _ result: Int32
  ) throws(PrivilegeError) {
    guard result == 0 else { throw .system(step, errno: errno) }
  }

  private func verify(_ held: CapabilitySet) throws(PrivilegeError) {
    let after = try Privileges.current()
    guard after.permitted == held else { throw .notConfined }
    guard let account else { return }
    // It must not be able to go back.
    guard getuid() == account.uid, geteuid() == account.uid, getegid() == account.gid,
      setuid(0) != 0
    else { throw .notConfined }
  }
}
