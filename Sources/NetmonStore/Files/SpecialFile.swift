import Glibc

/// What no database can be in.
public enum SpecialFile: String, Sendable {
  case directory = "a directory"
  case fifo = "a FIFO"
  case socket = "a socket"
  case device = "a device"

  /// What stands at a path; nil for a regular file, and for nothing.
  public init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: self = .directory
    case S_IFIFO: self = .fifo
    case S_IFSOCK: self = .socket
    default: self = .device
    }
  }
}
