internal import Glibc

/// A user of this machine (passwd(5)).
public struct Account: Hashable, Sendable {
  public var name: String
  public var uid: UInt32
  public var gid: UInt32

  public init(name: String, uid: UInt32, gid: UInt32) {
    self.name = name
    self.uid = uid
    self.gid = gid
  }

  /// The user of that name; nil if there is none (getpwnam_r(3)).
  public init?(named name: String) {
    guard let found = Self.find({ getpwnam_r(name, $0, $1, $2, $3) }) else { return nil }
    self = found
  }

  /// The user with that number, without a name of its own if it has none (getpwuid_r(3)).
  public init(uid: UInt32) {
    self =
      Self.find { getpwuid_r(uid, $0, $1, $2, $3) }
      ?? Account(name: "\(uid)", uid: uid, gid: getgid())
  }

  private typealias Search = (
    UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
    UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
  ) -> Int32

  private static func find(_ search: Search) -> Account? {
    var size = 1024
    while size <= 1 << 20 {
      var buffer = [CChar](repeating: 0, count: size)
      var entry = passwd()
      var result: UnsafeMutablePointer<passwd>?
      let error = search(&entry, &buffer, buffer.count, &result)
      if error == ERANGE {
        size *= 4
        continue
      }
      guard error == 0, result != nil, let name = entry.pw_name else { return nil }
      return Account(name: String(cString: name), uid: entry.pw_uid, gid: entry.pw_gid)
    }
    return nil
  }
}
