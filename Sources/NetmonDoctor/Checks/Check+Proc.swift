internal import CLinux
internal import Glibc
internal import NetmonCore
internal import NetmonKernel

extension Check {
  private static let procProvides = "processes: names, users, units and containers"

  static func unusableProc(_ error: ProcError) -> Check {
    Check(
      "proc", .missing, provides: procProvides, finding: "\(error)",
      remedy: "mount it: mount -t proc proc /proc")
  }

  static func proc(_ fs: ProcFS, _ look: Look) -> Check {
    if let failure = look.failure { return unusableProc(failure) }
    let mounts = (try? fs.contents(of: "self/mounts")).map { String(decoding: $0, as: UTF8.self) }
    let hiding = geteuid() == 0 ? nil : hidepid(at: fs.root, mounts: mounts ?? "")
    return proc(processes: look.processes, isContainer: isContainer(fs), hiding: hiding)
  }

  /// `hiding` is the mount option `hidepid`, where it holds for this user.
  static func proc(processes: Int, isContainer: Bool, hiding: String?) -> Check {
    var check = Check("proc", provides: procProvides, finding: "processes: \(processes)")
    if let hiding {
      check.state = .limited
      check.finding = "processes: \(processes); others' are hidden (hidepid=\(hiding))"
      check.remedy = "run as root, or in the group that the mount option gid= names"
    } else if isContainer {
      check.state = .limited
      check.finding = "processes: \(processes), those of this container"
      check.remedy = "run on the host, or share its pid namespace (--pid=host)"
    }
    return check
  }

  /// The mount option of the last file system mounted there (`Documentation/filesystems/proc.rst`);
  /// nil when nothing is hidden.
  static func hidepid(at root: String, mounts: String) -> String? {
    let options = mounts.split(separator: "\n").last { line in
      let fields = line.split(separator: " ")
      return fields.count > 3 && fields[1] == root && fields[2] == "proc"
    }?.split(separator: " ")[3].split(separator: ",")
    let value = options?.first { $0.hasPrefix("hidepid=") }?.dropFirst("hidepid=".count)
    return value.flatMap { ["0", "off"].contains($0) ? nil : String($0) }
  }

  /// Whether this is another pid namespace than the machine's first, whose inode is fixed
  /// (`PROC_PID_INIT_INO` in `include/linux/proc_ns.h`).
  private static func isContainer(_ fs: ProcFS) -> Bool {
    guard let link = try? fs.target(of: "self/ns/pid") else { return false }
    return link != "pid:[4026531836]"
  }

  static func sockets(_ look: Look) -> Check {
    var check = Check("sockets", provides: "what is open now, in every network namespace")
    if let failure = look.failure {
      check.state = .missing
      check.finding = "\(failure)"
      return check
    }
    check.finding = "sockets: \(look.sockets), network namespaces: \(look.namespaces)"
    if look.namespaces == 0 {
      check.state = .limited
      check.remedy = "see owners"
    }
    return check
  }

  static func owners(_ look: Look) -> Check {
    owners(denied: look.denied, unowned: look.unowned, isRoot: geteuid() == 0)
  }

  static func owners(denied: Int, unowned: Int, isRoot: Bool) -> Check {
    var check = Check(
      "owners", provides: "the process of each socket",
      finding: unowned == 0 ? "all known" : "\(unowned) of them not known")
    if denied > 0 {
      check.state = .limited
      check.finding = "\(unowned) of them not known; processes closed to this user: \(denied)"
      check.remedy =
        isRoot
        ? "run with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, outside of user namespaces"
        : "run as root, or with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"
    }
    return check
  }

  /// Of what collect takes when it is not started as root.
  static var capabilities: Check {
    let user = geteuid() == 0 ? Account(named: Confinement.defaultUser) : nil
    return .capabilities(
      (try? Privileges.current())?.permitted ?? [], known: .known,
      isRoot: geteuid() == 0, user: user?.name)
  }

  /// `known` are those that the kernel has, `user` is whom root becomes.
  static func capabilities(
    _ permitted: CapabilitySet, known: CapabilitySet, isRoot: Bool = false, user: String? = nil
  ) -> Check {
    // What is root's in tracefs, root may write.
    let needed = CapabilitySet.starting.subtracting(isRoot ? .CAP_DAC_OVERRIDE : [])
    let missing = needed.intersection(known).subtracting(permitted)
    var check = Check(
      "capabilities", provides: "all of the checks here; collect gives up the others",
      finding: "all that collect needs")
    if isRoot {
      check.finding? += user.map { ", which goes on as \($0)" } ?? ", which stays root"
    }
    if !missing.isEmpty {
      check.state = .limited
      check.finding = "without " + missing.names.joined(separator: ", ")
      check.remedy =
        isRoot
        ? "give them (CapabilityBoundingSet=, docker run --cap-add)"
        : "run as root, or give them (AmbientCapabilities=, setpriv --ambient-caps)"
    }
    return check
  }

  /// getrlimit(2), `RLIMIT_NOFILE`.
  static var openFiles: Check {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return openFiles(limit: UInt64(limit.rlim_cur), cpus: sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// A collector opens two for each CPU and a few dozen others; a server one for each client.
  static func openFiles(limit: UInt64, cpus: Int) -> Check {
    let needed = UInt64(64 + 2 * max(cpus, 1))
    var check = Check(
      "open-files", provides: "rings of all CPUs, and clients of the server",
      finding: limit == .max ? "no limit" : "at most \(limit)")
    if limit < needed {
      check.state = .limited
      check.remedy = "raise the limit to \(needed) or more (ulimit -n, LimitNOFILE=)"
    }
    return check
  }

  static func clock(_ now: Timestamp) -> Check {
    clock(now, isSynchronized: linux_clock_is_synchronized())
  }

  static func clock(_ now: Timestamp, isSynchronized: Bool) -> Check {
    var check = Check("clock", provides: "times of records", finding: "\(now)")
    if !Timestamp.valid.contains(now) {
      check.state = .missing
      check.remedy = "set the clock: nothing is recorded with a time outside 2015 to 2049"
    } else if !isSynchronized {
      check.state = .limited
      check.finding = "\(now), not synchronised"
      check.remedy = "run an NTP client, to compare times with those of other hosts"
    }
    return check
  }
}
