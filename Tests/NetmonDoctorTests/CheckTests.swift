import NetmonCore
import NetmonKernel
import NetmonStore
import Testing

@testable import NetmonDoctor

/// What each check makes of what it finds.
struct CheckTests {
  @Test(
    arguments: [
      ("6.18.44-fc", .ok), ("6.10", .ok), ("6.9.3", .limited), ("5.4.0-150-generic", .limited),
      ("4.16.0", .limited), ("4.15.18", .missing), ("3.10.0-1160.el7", .missing), ("", .limited),
    ] as [(String, Check.State)])
  func kernel(release: String, state: Check.State) {
    #expect(Check.kernel(release: release).state == state)
  }

  @Test(
    arguments: [
      ("[none] integrity confidentiality", .ok, "none"),
      ("none [integrity] confidentiality", .ok, "integrity"),
      ("none integrity [confidentiality]", .missing, "confidentiality"),
    ] as [(String, Check.State, String)])
  func lockdown(text: String, state: Check.State, finding: String) {
    let check = Check.lockdown(text)
    #expect(check.state == state)
    #expect(check.finding == finding)
    #expect(Check.lockdown(nil).state == .ok)
  }

  @Test func paranoia() {
    #expect(Check.paranoia(level: 4, isObstacle: false).state == .ok)
    #expect(Check.paranoia(level: 2, isObstacle: true).remedy == "run with CAP_PERFMON")
    #expect(Check.paranoia(level: 3, isObstacle: true).remedy?.contains("CAP_SYS_ADMIN") == true)
  }

  @Test(
    arguments: [
      ("proc /proc proc rw,nosuid,nodev 0 0", nil),
      ("proc /proc proc rw,hidepid=0 0 0", nil),
      ("proc /proc proc rw,hidepid=off,gid=4 0 0", nil),
      ("proc /proc proc rw,hidepid=2,gid=4 0 0\ntmpfs /tmp tmpfs rw 0 0", "2"),
      ("proc /proc proc rw,hidepid=2 0 0\nproc /proc proc rw 0 0", nil),
      ("proc /mnt proc rw,hidepid=invisible 0 0", nil),
      ("proc /proc proc rw,hidepid=invisible 0 0", "invisible"),
      ("broken", nil),
    ] as [(String, String?)])
  func hidepid(mounts: String, value: String?) {
    #expect(Check.hidepid(at: "/proc", mounts: mounts) == value)
  }

  @Test func processesOfOthers() {
    #expect(Check.proc(processes: 3, isContainer: false, hiding: nil).state == .ok)
    #expect(Check.proc(processes: 3, isContainer: true, hiding: nil).state == .limited)
    let hidden = Check.proc(processes: 3, isContainer: false, hiding: "2")
    #expect(hidden.state == .limited)
    #expect(hidden.finding?.contains("hidepid=2") == true)
  }

  @Test func owners() {
    #expect(Check.owners(denied: 0, unowned: 2, isRoot: false).state == .ok)
    #expect(
      Check.owners(denied: 1, unowned: 2, isRoot: false).remedy?.hasPrefix(
        "run as root, or with CAP_SYS_PTRACE") == true)
    #expect(Check.owners(denied: 1, unowned: 2, isRoot: true).remedy?.contains("root") == false)
  }

  @Test func capabilities() {
    let all = CapabilitySet(rawValue: .max)
    #expect(Check.capabilities(all, known: all).state == .ok)
    for (user, words) in [("netmon", "goes on as netmon"), (nil, "stays root")] {
      let check = Check.capabilities(all, known: all, isRoot: true, user: user)
      #expect(check.state == .ok && check.finding?.hasSuffix(words) == true)
    }
    let root = Check.capabilities([.tracing, .CAP_NET_BROADCAST], known: all, isRoot: true)
    #expect(root.state == .ok)
    #expect(Check.capabilities([], known: all, isRoot: true).remedy?.contains("root") == false)
    let check = Check.capabilities([.CAP_PERFMON, .tracing], known: all)
    #expect(check.state == .limited)
    #expect(check.finding == "without CAP_DAC_OVERRIDE, CAP_NET_BROADCAST")
    // Before Linux 5.8 there is none for perf.
    let old = CapabilitySet(rawValue: 1 << 38 - 1)
    #expect(Check.capabilities(old, known: old).state == .ok)
  }

  @Test func openFiles() {
    #expect(Check.openFiles(limit: 1024, cpus: 2).state == .ok)
    #expect(Check.openFiles(limit: .max, cpus: 512).finding == "no limit")
    #expect(Check.openFiles(limit: 1024, cpus: 512).state == .limited)
  }

  @Test func clock() throws {
    let now = try #require(Timestamp("2026-11-22T10:00Z"))
    let past = try #require(Timestamp("1970-01-01T00:00Z"))
    #expect(Check.clock(now, isSynchronized: true).state == .ok)
    #expect(Check.clock(now, isSynchronized: false).state == .limited)
    #expect(Check.clock(past, isSynchronized: true).state == .missing)
  }

  @Test func holderOfLock() {
    let locks = """
      1: POSIX  ADVISORY  WRITE 77 fe:00:4711 0 EOF
      2: FLOCK  ADVISORY  WRITE 4242 fe:00:4711 0 EOF
      2: -> FLOCK  ADVISORY  WRITE 4243 fe:00:4711 0 EOF
      3: FLOCK  ADVISORY  WRITE 5 fe:00:47110 0 EOF
      """
    #expect(DatabaseChecks.holder(ofInode: 4711, locks: locks) == 4242)
    #expect(DatabaseChecks.holder(ofInode: 47110, locks: locks) == 5)
    #expect(DatabaseChecks.holder(ofInode: 1, locks: locks) == nil)
  }

  @Test func stateOfWhatIsNotProblematic() {
    #expect(Check.leftovers([]).finding == "none")
    #expect(Check.leftovers(nil).finding != "none")
    #expect(
      Check.leftovers(["netmon-1-1", "netmon-2-2"]).finding == "removed netmon-1-1, netmon-2-2")
    #expect(Check.gaps([]).state == .ok)
  }

  @Test func gapsAreTold() throws {
    let noon = try #require(Timestamp("2026-11-22T12:00Z"))
    let later = noon.advanced(byMicroseconds: 1_000_000)
    let gaps = [
      Gap(host: "here", from: noon, to: later, count: 7, reason: "a full ring"),
      Gap(host: "here", from: noon, to: noon, count: nil, reason: "a late look"),
    ]
    let check = Check.gaps(gaps)
    #expect(check.state == .limited)
    #expect(check.finding == "2, with 7 or more lost; the latest up to \(later): a full ring")
  }

  @Test func withoutProcNothingWorks() throws {
    let now = try #require(Timestamp("2026-11-22T12:00Z"))
    let diagnosis = Diagnosis(root: "/nonexistent", database: "/nonexistent/x.db", now: now)
    #expect(diagnosis.tier == nil)
    #expect(diagnosis.checks.map(\.name) == ["proc", "clock"])
    #expect(diagnosis.checks.first?.state == .missing)
    #expect(diagnosis.checks.first?.finding?.contains("ENOENT") == true)
  }
}
