internal import Glibc
internal import NetmonKernel

extension Provocation {
  /// Runs a program to its end, with nothing to read and nowhere to write. Returns its exit status, or
  /// -1 if it was killed.
  static func run(
    _ arguments: [String]
  ) throws(Obstacle) -> (process: Int32, status: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in 0...2 {
      posix_spawn_file_actions_addopen(&actions, Int32(stream), "/dev/null", O_RDWR, 0)
    }
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, arguments[0], &actions, nil, &pointers, environ)
    guard error == 0 else {
      throw .kernel(.system(.fork, subject: arguments[0], errno: error))
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else {
        throw .kernel(.system(.fork, subject: arguments[0], errno: errno))
      }
    }
    // `WIFEXITED` and `WEXITSTATUS` (wait(2)).
    return (child, status & 0x7F == 0 ? status >> 8 & 0xFF : -1)
  }
}
