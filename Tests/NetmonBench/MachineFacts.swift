import Glibc
import NetmonCore

/// Where and when figures were taken.
struct MachineFacts: CustomStringConvertible {
  let description: String

  init() {
    var name = utsname()
    uname(&name)
    let release = withUnsafeBytes(of: &name.release) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    var load = [0.0]
    getloadavg(&load, 1)
    description = """
      Linux \(release), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) CPUs (\(Self.processor)), \
      \(Timestamp.now.description.prefix(10)), load average \(load[0].rounded(to: 1)) before the first run.
      """
  }

  /// The first `model name` in `/proc/cpuinfo` (proc_cpuinfo(5)), which not every architecture has.
  private static var processor: String {
    let text = (try? ProcFS().contents(of: "cpuinfo")) ?? []
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return model.map { String($0.drop { $0 == " " }) } ?? "unknown"
  }
}
