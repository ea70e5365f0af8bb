internal import Glibc
internal import NetmonKernel

extension Check {
  /// A source of the kernel that was tried.
  init(_ item: Capabilities.Item) {
    self.init(item.name, provides: item.provides)
    guard let problem = item.problem else { return }
    // The tiers below go without all of them.
    state = .missing
    finding = "\(problem.error)"
    remedy = problem.remedy
  }

  /// The version, of which `uname -r` begins with two numbers.
  static func kernel(release: String) -> Check {
    var check = Check(
      "kernel", provides: "Linux 4.16 has most tracepoints, 6.10 all of them", finding: release)
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    guard numbers.count == 2 else {
      check.state = .limited
      check.finding = "'\(release)' is no version"
      return check
    }
    let version = (numbers[0], numbers[1])
    if version < (4, 16) {
      check.state = .missing
    } else if version < (6, 10) {
      check.state = .limited
    }
    if check.state != .ok { check.remedy = "the checks below tell what is missing" }
    return check
  }

  /// kernel_lockdown(7).
  static var lockdown: Check {
    .lockdown(firstLine(of: "/sys/kernel/security/lockdown"))
  }

  /// `text` has all levels, the present one in brackets; nil when the kernel does not tell.
  static func lockdown(_ text: String?) -> Check {
    let level = text?.split(separator: " ").first { $0.hasPrefix("[") }?.dropFirst().dropLast()
    var check = Check(
      "lockdown", provides: "tracefs and perf, which confidentiality forbids",
      finding: level.map(String.init) ?? "the kernel has none, or does not tell")
    if level == "confidentiality" {
      check.state = .missing
      check.remedy = "boot with lockdown=integrity; until then sockets are polled"
    }
    return check
  }

  /// `Documentation/admin-guide/sysctl/kernel.rst`, perf_event_paranoid; nil without perf. Of those
  /// with the right privilege it asks nothing, so it matters only where that is missing.
  static func paranoia(level: Int?, isObstacle: Bool) -> Check {
    var check = Check(
      "perf_event_paranoid", provides: "the process side-band, for whom it lets in",
      finding: level.map { "\($0)" } ?? "the kernel has no perf")
    if isObstacle {
      check.state = .limited
      check.remedy =
        level ?? 2 > 2
        ? "run with CAP_SYS_ADMIN, or set kernel.perf_event_paranoid to 2 and run with CAP_PERFMON"
        : "run with CAP_PERFMON"
    }
    return check
  }

  /// What killed netmons left in tracefs, which has been removed; nil when that cannot be seen.
  static func leftovers(_ instances: [String]?) -> Check {
    var finding = "they would be in tracefs"
    if let instances {
      finding = instances.isEmpty ? "none" : "removed " + instances.joined(separator: ", ")
    }
    return Check("leftovers", provides: "kernel memory that killed netmons hold", finding: finding)
  }

  /// Of a small file.
  static func firstLine(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
    let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
    return String(decoding: bytes, as: UTF8.self)
  }
}
