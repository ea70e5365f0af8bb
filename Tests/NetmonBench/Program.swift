import Glibc

/// A program and its arguments.
struct Program {
  /// Searched in `PATH` unless it has a slash.
  var path: String
  var arguments: [String] = []

  init(_ path: String, _ arguments: [String] = []) {
    self.path = path
    self.arguments = arguments
  }

  /// The path of a program that was built together with this one.
  static func built(_ name: String) throws(BenchError) -> String {
    guard let path = realpath("/proc/self/exe", nil) else {
      throw .system("realpath", errno: errno)
    }
    defer { free(path) }
    let own = String(cString: path)
    return own[...(own.lastIndex(of: "/") ?? own.startIndex)] + name
  }

  /// Whether a program of this name is in a directory of `PATH`.
  static func isInstalled(_ name: String) -> Bool {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  /// Runs it to its end and hands out the lines that it prints.
  func readLines(_ body: (String) throws(BenchError) -> Void) throws(BenchError) {
    let null = try Descriptor.null()
    let output = try Descriptor.scratch()
    let pid = try spawn(input: null.number, output: output.number)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    guard status == 0 else { throw .unexpected("status \(status)", from: description) }
    output.rewind()
    try output.readLines { line throws(BenchError) in
      try body(line)
      return true
    }
  }

  /// Starts it with these descriptors as its standard streams, messages go nowhere. It inherits no
  /// other, as all of this program's are closed on exec.
  func spawn(input: Int32, output: Int32) throws(BenchError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    // `Measurement` blocks SIGCHLD, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var pid: pid_t = 0
    let error = posix_spawnp(&pid, path, &actions, &attributes, &argv, environ)
    guard error == 0 else { throw .system(path, errno: error) }
    return pid
  }
}

extension Program: CustomStringConvertible {
  /// The command line, without directories.
  var description: String {
    let name = path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
    return ([String(name)] + arguments).joined(separator: " ")
  }
}
