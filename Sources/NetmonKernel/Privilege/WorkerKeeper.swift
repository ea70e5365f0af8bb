internal import CLinux
internal import Glibc
internal import Synchronization

/// A process that stays privileged, to do nothing but start workers: forks of the program as it was
/// before it had threads or had read anything from outside. What asks for them gives its privilege up.
public final class WorkerKeeper: Sendable {
  /// Where the program goes on.
  public enum Role: Sendable {
    /// As it was started.
    case origin(WorkerKeeper)
    /// As a worker, which may tell the origin what it wants known.
    case worker(WorkerReport)
  }

  public enum Message: Hashable, Sendable {
    /// From the worker.
    case report(String)
    /// The worker has ended: an exit status, or 128 and the signal that killed it.
    case ended(status: Int32)
    /// The keeper itself has ended, and its worker with it.
    case gone
  }

  private let channel: Descriptor
  private let process: pid_t

  /// Starts a keeper, while there is but one thread. Returns once in this process, and in each
  /// worker.
  public static func start() throws(PrivilegeError) -> Role {
    var (number, process): (Int32, pid_t) = (-1, -1)
    let role = linux_start_keeper(&number, &process)
    guard role != LINUX_FAILED, let channel = try? Descriptor(number, .socket, "keeper") else {
      throw .system(.fork, errno: errno)
    }
    return role == LINUX_WORKER
      ? .worker(WorkerReport(channel)) : .origin(WorkerKeeper(channel, process))
  }

  private init(_ channel: Descriptor, _ process: pid_t) {
    self.channel = channel
    self.process = process
  }

  /// Has a worker started, unless there is one.
  public func startWorker() {
    var order: UInt8 = 1
    send(channel.number, &order, 1, Int32(MSG_NOSIGNAL))
  }

  /// Has the worker end, and then the keeper; the last message tells when it has.
  public func stop() {
    shutdown(channel.number, Int32(SHUT_WR))
  }

  /// The descriptor to wait on before ``nextMessage()``.
  public var descriptor: Int32 { channel.number }

  /// The next message that has come, or nil if none has.
  public func nextMessage() -> Message? {
    var buffer = [UInt8](repeating: 0, count: WorkerReport.maximumLength + 1)
    var count: Int
    repeat {
      count = recv(channel.number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    } while count < 0 && errno == EINTR
    if count < 0, errno == EAGAIN { return nil }
    guard count > 0 else {
      linux_reap(process)
      return .gone
    }
    return Self.message(buffer[..<count])
  }

  static func message(_ bytes: ArraySlice<UInt8>) -> Message {
    guard bytes.first == UInt8(LINUX_WORKER_ENDED.rawValue) else {
      return .report(String(decoding: bytes.dropFirst(), as: UTF8.self))
    }
    var status: Int32 = -1
    withUnsafeMutableBytes(of: &status) { $0.copyBytes(from: bytes.dropFirst().prefix($0.count)) }
    // `WIFEXITED` and its kin are macros (wait(2)): the signal is in the low 7 bits.
    let signal = status & 0x7F
    return .ended(status: status < 0 ? -1 : signal == 0 ? status >> 8 & 0xFF : 128 + signal)
  }
}

/// What a worker tells the process that asked for it.
public final class WorkerReport: Sendable {
  static let maximumLength = 8192
  private let channel: Descriptor

  fileprivate init(_ channel: Descriptor) {
    self.channel = channel
  }

  /// Ends this process when the keeper has ended: to be called once it has become who it will be.
  public func endWithKeeper() {
    linux_signal_with_parent(SIGTERM)
  }

  /// Tells a text, cut at some thousand bytes. That of a process that has ended goes nowhere.
  public func tell(_ text: String) {
    let message = [UInt8(ascii: "R")] + text.utf8.prefix(Self.maximumLength)
    send(channel.number, message, message.count, Int32(MSG_NOSIGNAL))
  }
}
