import Foundation

/// A tmpfs of a few MiB, in the mount namespace of this run.
struct SmallDisk {
  private let place: Workplace

  init(_ place: Workplace, size: Int) throws {
    self.place = place
    let status = try Child(
      ["mount", "-t", "tmpfs", "-o", "size=\(size)m", "netmon-faults", place.path],
      messages: "/dev/null"
    ).wait()
    guard status == 0 else { throw FaultError.missing("cannot mount a tmpfs") }
  }

  var database: String { place("netmon.db") }

  private var ballast: String { place("ballast") }

  /// Takes all the space there is.
  func fill() throws {
    let file = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FaultError.system("open", errno: errno) }
    defer { close(file) }
    let bytes = [UInt8](repeating: 0, count: 1 << 16)
    var size = bytes.count
    while size > 0 {
      let written = write(file, bytes, size)
      // The last pages one by one.
      if written <= 0 { size /= 2 }
    }
  }

  func free() throws {
    guard unlink(ballast) == 0 else { throw FaultError.system("unlink", errno: errno) }
  }

  /// Copies the database to a directory that outlives the mount namespace of this run.
  func copyDatabase(to other: Workplace) throws {
    try place.copyDatabase("netmon.db", to: other)
  }

  /// Unmounts it as soon as nobody uses it any more, so that its directory can be removed.
  func detach() {
    umount2(place.path, Int32(MNT_DETACH))
  }
}
