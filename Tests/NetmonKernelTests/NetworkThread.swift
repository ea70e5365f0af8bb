import CLinux
import Foundation
import Glibc
import NetmonCore

@testable import NetmonKernel

/// A thread that sits in a new network namespace until this object is gone.
final class NetworkThread {
  let number: Int32
  /// The namespace, by inode.
  let namespace: UInt64
  private let leave = DispatchSemaphore(value: 0)

  init() throws {
    typealias Place = (thread: Int32, namespace: UInt64)
    let (box, isThere) = (Box<Result<Place, any Error>>(), DispatchSemaphore(value: 0))
    Thread.detachNewThread { [leave] in
      box.value = Result {
        try Self.enterNewNamespace()
        guard let thread = currentThread else { throw SystemError(operation: "gettid", number: 0) }
        return (thread, try ProcFS().networkNamespace(of: thread))
      }
      isThere.signal()
      if case .success? = box.value { leave.wait() }
    }
    isThere.wait()
    guard let place = try box.value?.get() else {
      throw SystemError(operation: "thread", number: 0)
    }
    (number, namespace) = place
  }

  private static func enterNewNamespace() throws {
    guard linux_enter_new_network_namespace() == 0 else {
      throw SystemError(operation: "unshare", number: errno)
    }
  }

  deinit { leave.signal() }

  /// Opens the namespace, which stays alive until that is closed.
  func open() throws -> Descriptor {
    try Descriptor(networkNamespace: namespace, of: number)
  }

  /// Makes a TCP socket there and closes it, which is told although it never connected. Returns its
  /// cookie.
  func endSocket() throws -> UInt64 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let network = try open()
    let socket = try withExtendedLifetime(network) {
      try Descriptor(linux_socket_in_namespace(network.number, AF_INET, type, 0), .socket, "tcp")
    }
    var (cookie, length) = (UInt64(0), socklen_t(MemoryLayout<UInt64>.size))
    guard getsockopt(socket.number, SOL_SOCKET, SO_COOKIE, &cookie, &length) == 0 else {
      throw SystemError(operation: "SO_COOKIE", number: errno)
    }
    return cookie
  }

  /// Does something on another such thread, whose namespace's numbers are nobody else's.
  static func run<Value>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
    let (box, isOver) = (Box<Result<Value, any Error>>(), DispatchSemaphore(value: 0))
    Thread.detachNewThread {
      box.value = Result {
        try enterNewNamespace()
        return try body()
      }
      isOver.signal()
    }
    isOver.wait()
    guard let result = box.value else { throw SystemError(operation: "thread", number: 0) }
    return try result.get()
  }

  private final class Box<Value>: @unchecked Sendable {
    var value: Value?
  }
}
