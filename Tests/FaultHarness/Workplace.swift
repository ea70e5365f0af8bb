import Foundation

/// The directory of one run. It is removed when all held, and kept for who looks into it otherwise.
struct Workplace {
  let path: String

  /// The path of a file in it.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Runs `body` in a new directory; what it throws is thrown on.
  static func use(_ body: (Workplace) throws -> Void) throws {
    var template = Array((NSTemporaryDirectory() + "/netmon-faults-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw FaultError.system("mkdtemp", errno: errno) }
    // As the kernel names files, without a symbolic link or a doubled slash.
    guard let path = realpath(template, nil) else {
      throw FaultError.system("realpath", errno: errno)
    }
    defer { free(path) }
    let place = Workplace(path: String(cString: path))
    do {
      try body(place)
    } catch {
      Faults.say("all files are kept in \(place.path)")
      throw error
    }
    try? FileManager.default.removeItem(atPath: place.path)
  }

  /// Makes an empty directory in it, in place of what was there.
  func empty(_ name: String) throws -> Workplace {
    let place = Workplace(path: self(name))
    try? FileManager.default.removeItem(atPath: place.path)
    try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
    return place
  }

  /// Copies a database to `other`, with the log and the index that SQLite keeps beside it.
  func copyDatabase(_ name: String, to other: Workplace) throws {
    for suffix in ["", "-wal", "-shm"] where access(self(name + suffix), F_OK) == 0 {
      let copy = other(name + suffix)
      try? FileManager.default.removeItem(atPath: copy)
      try FileManager.default.copyItem(atPath: self(name + suffix), toPath: copy)
    }
  }
}

/// Asks again and again, and throws when the time is up.
func eventually(
  _ what: String, within limit: Duration = .seconds(30), _ condition: () throws -> Bool
) throws {
  let deadline = ContinuousClock.now + limit
  while try !condition() {
    guard ContinuousClock.now < deadline else { throw FaultError.late(what) }
    usleep(2000)
  }
}

/// Lets a time pass in which something is to happen.
func pause(for duration: Duration) {
  usleep(UInt32(max(0, duration / .microseconds(1))))
}
