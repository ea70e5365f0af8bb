internal import Glibc

/// A database file in WAL mode whose `-wal` and `-shm` may be missing, as a copy's are, or those of a
/// file on a medium that cannot be written.
///
/// SQLite makes them for reading too; where it may not, it reads a file as one that nobody changes
/// if it is told so (https://sqlite.org/wal.html#readonly).
struct LoneFile {
  let path: String

  /// Whether the file itself may be read (access(2)).
  var isReadable: Bool { access(path, R_OK) == 0 }

  /// Whether the file holds everything and no process has it open for writing: that would have made
  /// `-shm`, which netmon leaves there.
  var isAlone: Bool { size(of: path + "-shm") == nil && size(of: path + "-wal") ?? 0 == 0 }

  /// The file for SQLite, as one that nobody changes (https://sqlite.org/uri.html).
  var address: String {
    let allowed = path.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        String(UnicodeScalar(byte))
      default:
        "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return "file:" + allowed.joined() + "?immutable=1"
  }

  /// Why it cannot be read where nothing can be written.
  var error: StoreError {
    .cannotOpen(
      path: path,
      reason: """
        reading it takes \(path)-wal and \(path)-shm, of which one cannot be read or made: read it as \
        its owner, or copy all three to where you may write
        """)
  }

  /// The size of a file in bytes; nil if there is none.
  private func size(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }
}
