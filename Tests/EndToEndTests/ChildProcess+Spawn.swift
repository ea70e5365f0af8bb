import Foundation
import Glibc
import Synchronization

extension ChildProcess {
  /// A system call that failed while a program was started (errno(3)).
  struct StartError: Error {
    var operation: String
    var errno: Int32
  }

  /// A program that was started, with our ends of its standard streams.
  struct Started {
    var pid: pid_t
    var input: FileHandle
    var output: FileHandle
    var errors: FileHandle
  }

  /// Held from the making of a pipe until it is closed on exec: one that another child inherits
  /// never seems to end.
  private static let starting = Mutex(())

  static func spawn(
    _ arguments: [String], _ environment: [String: String]
  ) throws -> Started {
    try starting.withLock { _ in
      let (input, output, errors) = (try pipe(), try pipe(), try pipe())
      let pid = try spawn(
        arguments, environment,
        streams: [input.reading, output.writing, errors.writing].map(\.fileDescriptor))
      return Started(
        pid: pid, input: input.writing, output: output.reading, errors: errors.reading)
    }
  }

  private static func pipe() throws -> (reading: FileHandle, writing: FileHandle) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw StartError(operation: "pipe", errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (
      FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
      FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    )
  }

  /// Starts a program with these files as its standard streams.
  static func spawn(
    _ arguments: [String], _ environment: [String: String], streams: [Int32]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in streams.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
    }
    // The threads of Dispatch and of Swift's tasks block signals, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    let error = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, &envp)
    guard error == 0 else { throw StartError(operation: "spawn \(arguments[0])", errno: error) }
    return pid
  }
}
