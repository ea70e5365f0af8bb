import Foundation
import Glibc

/// A Chromium without a window that takes commands on descriptor 3 and answers on 4
/// (`--remote-debugging-pipe`). It is killed at the end of this object's life, or of its own lifetime.
final class BrowserProcess: Sendable {
  let commands: FileHandle
  let answers: FileHandle
  private let pid: pid_t
  /// Its pid is not given out again before `deinit` waits for it.
  private let limit: Task<Void, any Error>
  private let directory: String

  init(program: String, lifetime: Duration) throws {
    directory = FileManager.default.temporaryDirectory.path + "/netmon-browser-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    let (input, output) = (try Self.pipe(), try Self.pipe())
    (commands, answers) = (input.writing, output.reading)
    pid = try Self.spawn(
      [program] + Self.options + ["--user-data-dir=\(directory)", "about:blank"],
      reading: input.reading.fileDescriptor, writing: output.writing.fileDescriptor)
    limit = Task { [pid] in
      try await Task.sleep(for: lifetime)
      kill(-pid, SIGKILL)
    }
  }

  deinit {
    limit.cancel()
    // All that it has started is in its process group.
    kill(-pid, SIGKILL)
    waitpid(pid, nil, 0)
    try? FileManager.default.removeItem(atPath: directory)
  }

  private static let options = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe",
    "--disable-crash-reporter", "--disable-extensions",
    // It would look for updates and the like.
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-default-apps", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    // A page in the background would be slowed down.
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--enable-precise-memory-info",
  ]

  /// A pipe whose ends are above those that the browser asks for, and closed on exec.
  private static func pipe() throws -> (reading: FileHandle, writing: FileHandle) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw BrowserError.system("pipe", errno: errno) }
    let handles = ends.map { end in
      defer { close(end) }
      return FileHandle(fileDescriptor: fcntl(end, F_DUPFD_CLOEXEC, 10), closeOnDealloc: true)
    }
    return (handles[0], handles[1])
  }

  private static func spawn(
    _ arguments: [String], reading: Int32, writing: Int32
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, reading, 3)
    posix_spawn_file_actions_adddup2(&actions, writing, 4)
    // The threads of Dispatch and of Swift's tasks block signals, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP))

    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for text in argv { free(text) } }
    var pid: pid_t = 0
    let error = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, environ)
    guard error == 0 else { throw BrowserError.system("spawn \(arguments[0])", errno: error) }
    return pid
  }
}
