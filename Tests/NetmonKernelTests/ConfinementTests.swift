import Testing

@testable import NetmonKernel

/// Whom a process becomes, and what it keeps.
struct ConfinementTests {
  private let netmon = Account(name: "netmon", uid: 999, gid: 999)
  private let everything = CapabilitySet(rawValue: 1 << 41 - 1)
  private var root: Privileges { Privileges(uid: 0, permitted: everything, canBecome: true) }

  private func find(_ name: String) -> Account? {
    ["netmon": netmon, "root": Account(name: "root", uid: 0, gid: 0)][name]
  }

  @Test func rootBecomesNetmonWhereThereIsOne() throws {
    let confinement = try Confinement(of: root, user: nil, needed: .tracing, find: find)
    #expect(confinement.account == netmon)
    #expect(confinement.kept == .tracing)
    let alone = try Confinement(of: root, user: nil, needed: .tracing) { _ in nil }
    #expect(alone.account == nil && alone.kept == .tracing)
  }

  @Test func rootStaysWhenToldTo() throws {
    let confinement = try Confinement(of: root, user: "root", needed: .polling, find: find)
    #expect(confinement.account == nil && confinement.kept == .polling)
  }

  @Test func aUserThatIsAskedForMustBeThere() {
    #expect(throws: PrivilegeError.unknownUser("none")) {
      try Confinement(of: root, user: "none", needed: [], find: find)
    }
  }

  /// As in a user namespace that maps one user.
  @Test func whoCannotBecomeAnybodyStays() throws {
    let mapped = Privileges(uid: 0, permitted: everything, canBecome: false)
    #expect(try Confinement(of: mapped, user: nil, needed: [], find: find).account == nil)
    #expect(throws: PrivilegeError.cannotBecome("netmon")) {
      try Confinement(of: mapped, user: "netmon", needed: [], find: find)
    }
  }

  @Test func othersKeepWhatTheyHaveAndNeed() throws {
    let user = Privileges(
      uid: 999, permitted: [.CAP_SYS_PTRACE, .CAP_DAC_OVERRIDE], canBecome: false)
    for name in [nil, "netmon"] {
      let confinement = try Confinement(of: user, user: name, needed: .tracing, find: find)
      #expect(confinement.account == nil && confinement.kept == .CAP_SYS_PTRACE)
    }
    #expect(throws: PrivilegeError.cannotBecome("root")) {
      try Confinement(of: user, user: "root", needed: [], find: find)
    }
  }

  /// A test process has threads, whose capabilities would stay.
  @Test func itIsRefusedWithThreads() throws {
    let confinement = try Confinement(of: root, user: "root", needed: .tracing, find: find)
    #expect {
      try confinement.apply()
    } throws: { error in
      if case PrivilegeError.hasThreads(let count) = error { count > 1 } else { false }
    }
  }

  @Test func names() {
    #expect(CapabilitySet.polling.names == ["CAP_DAC_READ_SEARCH", "CAP_SYS_PTRACE"])
    #expect(CapabilitySet(rawValue: 1 << 40).names == ["capability 40"])
    #expect(CapabilitySet.starting.isSuperset(of: .tracing))
  }

  @Test func whatIsLeftToAJanitor() {
    let wish = KernelAccess.Wish(events: .init(), diag: true)
    typealias Leaver = KernelAccess.Leaver
    let stays = Leaver(root, wish, stays: true, hasInstance: true)
    #expect(stays?.kept == .CAP_SYS_ADMIN && stays?.leavesRemoval == false)
    let leaves = Leaver(root, wish, stays: false, hasInstance: true)
    #expect(leaves?.kept == .CAP_SYS_ADMIN && leaves?.leavesRemoval == true)
    let user = Privileges(uid: 999, permitted: .starting, canBecome: false)
    let started = Leaver(user, wish, stays: true, hasInstance: true)
    #expect(started?.kept == .CAP_DAC_OVERRIDE && started?.leavesRemoval == true)
    let ordinary = Privileges(uid: 999, permitted: [], canBecome: false)
    #expect(Leaver(ordinary, wish, stays: true, hasInstance: false) == nil)
    let text = KernelAccess.Wish(events: nil, diag: false)
    #expect(Leaver(root, text, stays: false, hasInstance: false) == nil)
  }

  @Test func whatAKeeperTells() {
    func message(_ status: Int32) -> WorkerKeeper.Message {
      WorkerKeeper.message([0x45] + withUnsafeBytes(of: status) { Array($0) })
    }
    #expect(message(0) == .ended(status: 0))
    #expect(message(3 << 8) == .ended(status: 3))
    #expect(message(9) == .ended(status: 137))
    #expect(message(-1) == .ended(status: -1))
    #expect(WorkerKeeper.message([0x45]) == .ended(status: -1))
    #expect(WorkerKeeper.message(ArraySlice("Rtext".utf8)) == .report("text"))
  }
}
