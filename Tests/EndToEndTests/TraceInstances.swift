import Foundation

/// The tracefs instances of running and killed netmons, looked at from outside.
enum TraceInstances {
  /// Their names. The file system is mounted for this alone, where nobody else sees it.
  static func names() async throws -> [String] {
    let result = try await ChildProcess.run(
      "unshare",
      ["--mount", "sh", "-c", "mount -t tracefs nodev /mnt && exec ls /mnt/instances"])
    guard result.status == 0 else { throw Netmon.Failure(result: result) }
    return result.output.split(separator: "\n").map(String.init)
  }

  /// Those of one process.
  static func names(of process: Int32) async throws -> [String] {
    try await names().filter { $0.hasPrefix("netmon-\(process)-") }
  }

  /// Whether they can be seen here.
  static func canBeSeen() async -> Bool {
    (try? await names()) != nil
  }
}
