import Foundation

/// A tmpfs that goes with its owner.
package final class SmallDisk {
  package let path: String
  private var ballast: String { path + "/ballast" }

  package init(megabytes: Int) throws {
    path = FileManager.default.temporaryDirectory.path + "/netmon-disk-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
    }
  }

  deinit {
    // Lazily: stores close their files after this.
    umount2(path, Int32(MNT_DETACH))
    rmdir(path)
  }

  /// Lets nothing on it be written, or again.
  package func makeReadOnly(_ isReadOnly: Bool = true) throws {
    let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
    guard mount("tmpfs", path, "tmpfs", flags, nil) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
    }
  }

  /// Takes all the room that is left.
  package func fill() throws {
    let file = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(file) }
    let page = [UInt8](repeating: 7, count: 4096)
    while write(file, page, page.count) > 0 {}
  }

  package func free() throws {
    guard unlink(ballast) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
  }
}
