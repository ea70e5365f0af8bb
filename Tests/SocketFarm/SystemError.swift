import Glibc

/// A system call that failed (errno(3)).
struct SystemError: Error, CustomStringConvertible {
  var operation: String
  var errno: Int32

  var description: String { "\(operation): \(String(cString: strerror(errno)))" }
}

/// Throws the error of a call that returned -1.
func check(_ result: Int32, _ operation: String) throws(SystemError) {
  guard result < 0 else { return }
  throw SystemError(operation: operation, errno: errno)
}
