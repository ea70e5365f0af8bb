import Glibc

/// A program that this one started. It ends by itself when its time is up (timeout(1)).
final class Program {
  private let pid: pid_t
  private let name: String

  /// Starts a program, whose output and messages go to files; those are made anew.
  init(
    _ path: String, _ arguments: [String], output: String, messages: String, limit: Duration
  ) throws(TruthError) {
    name = path
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages, flags, 0o600)
    let command = ["timeout", "-k", "10", "\(limit.components.seconds)", path] + arguments
    var argv: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var pid: pid_t = 0
    let error = posix_spawnp(&pid, "timeout", &actions, nil, &argv, environ)
    guard error == 0 else { throw .system("timeout", errno: error) }
    self.pid = pid
  }

  /// Has it stop; timeout(1) passes the signal on.
  func stop() {
    kill(pid, SIGTERM)
  }

  /// Waits for its end. Throws unless it succeeded.
  func wait() throws(TruthError) {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw .failed(name, status: status) }
  }
}

/// Why the truth could not be found out.
enum TruthError: Error, CustomStringConvertible {
  /// A system call failed (errno(3)).
  case system(String, errno: Int32)
  /// A program ended with this status (wait(2)).
  case failed(String, status: Int32)
  /// Something did not come in time.
  case late(String)

  var description: String {
    switch self {
    case .system(let operation, let errno): "\(operation): \(String(cString: strerror(errno)))"
    case .failed(let program, let status): "\(program) ended with status \(status)"
    case .late(let what): "\(what) did not come in time"
    }
  }
}
