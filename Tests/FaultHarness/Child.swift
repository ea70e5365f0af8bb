import Foundation

/// A process that this one started, from its main thread. It is killed when this one ends, however
/// that ends.
final class Child {
  let name: String
  let start: ContinuousClock.Instant
  private let pid: pid_t
  private let messages: String
  /// Where in the file of messages its own begin.
  private let firstMessage: UInt64
  private var status: Int32?

  /// Starts a program without input, whose output and messages are appended to the file `messages`.
  init(_ command: [String], messages: String) throws {
    self.messages = messages
    name = command.prefix(2).map { ($0 as NSString).lastPathComponent }.joined(separator: " ")
    firstMessage = Self.size(of: messages)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, messages, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    // SIGPIPE is ignored here, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    // It executes the program in its own place, so that the pid is the program's.
    let arguments = ["setpriv", "--pdeathsig", "KILL", "--"] + command
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var pid: pid_t = 0
    start = .now
    let error = posix_spawnp(&pid, argv[0]!, &actions, &attributes, &argv, environ)
    guard error == 0 else { throw FaultError.system("setpriv", errno: error) }
    self.pid = pid
  }

  deinit {
    _ = try? kill()
  }

  var id: pid_t { pid }

  /// Whether it has ended, by itself or by a signal.
  var hasEnded: Bool {
    if status != nil { return true }
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return false }
    // `WIFEXITED` and its kin are macros (wait(2)): the signal is in the low 7 bits.
    let signal = status & 0x7F
    self.status = signal == 0 ? status >> 8 & 0xFF : 128 + signal
    return true
  }

  /// Once waited for, its pid may be another one's.
  func send(_ signal: Int32) {
    if !hasEnded { Glibc.kill(pid, signal) }
  }

  /// Waits for its end: the exit status, or 128 and the signal that killed it.
  func wait(within limit: Duration = .seconds(30)) throws -> Int32 {
    try eventually("the end of \(name)", within: limit) { hasEnded }
    return status ?? -1
  }

  /// Kills it at once, as `kill -9`.
  ///
  /// - Throws: ``FaultError/broken(_:)`` if it had ended before.
  func kill() throws {
    try expectRunning()
    send(SIGKILL)
    _ = try wait()
  }

  /// Has it stop in an orderly way, which must succeed.
  func stop(within limit: Duration = .seconds(30)) throws {
    try expectRunning()
    send(SIGTERM)
    let status = try wait(within: limit)
    guard status == 0 else {
      throw FaultError.broken("\(name) ended with status \(status) when asked to: \(said)")
    }
  }

  func expectRunning() throws {
    guard hasEnded, let status else { return }
    throw FaultError.broken("\(name) ended by itself with status \(status): \(said)")
  }

  /// What it has said so far.
  var said: String {
    guard let file = FileHandle(forReadingAtPath: messages) else { return "" }
    defer { try? file.close() }
    try? file.seek(toOffset: firstMessage)
    return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
  }

  private static func size(of path: String) -> UInt64 {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_size) : 0
  }
}
