import Glibc
import NetmonCore

private func check(_ result: Int32) throws {
  guard result >= 0 else { throw ProcTree.Errno(errno) }
}

/// A socket of this process on loopback, closed at the end of its life.
final class LiveSocket {
  private(set) var descriptor: Int32
  private let family: IPAddress.Family

  init(_ transport: TransportProtocol, _ family: IPAddress.Family) throws {
    let type = transport == .tcp ? SOCK_STREAM : SOCK_DGRAM
    descriptor = socket(
      family == .ipv4 ? AF_INET : AF_INET6, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
    self.family = family
    try check(descriptor)
  }

  deinit { close() }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  static var hasIPv6: Bool {
    (try? LiveSocket(.udp, .ipv6).bind("[::1]:0")) != nil
  }

  func bind(_ endpoint: String) throws {
    guard let endpoint = Endpoint(endpoint) else { throw ProcTree.Errno(EINVAL) }
    try withAddress(endpoint) { try check(Glibc.bind(descriptor, $0, $1)) }
  }

  func listen() throws { try check(Glibc.listen(descriptor, 16)) }

  func connect(to endpoint: Endpoint) throws {
    try withAddress(endpoint) { try check(Glibc.connect(descriptor, $0, $1)) }
  }

  var inode: UInt64 {
    var status = stat()
    fstat(descriptor, &status)
    return UInt64(status.st_ino)
  }

  var local: Endpoint {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout.size(ofValue: storage))
    return withUnsafeMutableBytes(of: &storage) { bytes in
      bytes.withMemoryRebound(to: sockaddr.self) {
        _ = getsockname(descriptor, $0.baseAddress, &length)
      }
      let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
      func number(_ range: Range<Int>) -> UInt64 {
        range.reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
      }
      let address =
        family == .ipv4
        ? IPAddress(ipv4: UInt32(truncatingIfNeeded: number(4..<8)))
        : IPAddress(high: number(8..<16), low: number(16..<24))
      return Endpoint(address, port)
    }
  }

  /// The address in the socket's own family: IPv4 through an IPv6 socket is v4-mapped.
  private func withAddress(
    _ endpoint: Endpoint, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Void
  ) throws {
    var storage = sockaddr_in6()
    var bytes = endpoint.address.bytes
    if family == .ipv6, bytes.count == 4 {
      bytes = Array(repeating: 0, count: 10) + [255, 255] + bytes
    }
    withUnsafeMutableBytes(of: &storage) { raw in
      raw.storeBytes(of: sa_family_t(family == .ipv4 ? AF_INET : AF_INET6), as: sa_family_t.self)
      raw.storeBytes(of: endpoint.port.bigEndian, toByteOffset: 2, as: UInt16.self)
      for (index, byte) in bytes.enumerated() { raw[(family == .ipv4 ? 4 : 8) + index] = byte }
    }
    let size = family == .ipv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
    try withUnsafePointer(to: &storage) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try body($0, socklen_t(size))
      }
    }
  }
}

/// A process that this test started, killed and reaped at the end of its life.
final class ChildProcess {
  let pid: Int32
  private let output: Int32
  private var isRunning = true

  /// Runs a program that has `socket` open as descriptor 3.
  init(_ path: String, _ arguments: [String], inheriting socket: LiveSocket) throws {
    var ends: [Int32] = [0, 0]
    try check(pipe(&ends))
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    output = ends[0]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, socket.descriptor, 3)
    var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for argument in argv { free(argument) } }
    var pid: pid_t = 0
    let error = posix_spawn(&pid, path, &actions, nil, &argv, environ)
    self.pid = pid
    guard error == 0 else {
      isRunning = false
      throw ProcTree.Errno(error)
    }
  }

  deinit {
    kill()
    close(output)
  }

  /// What the process writes next, up to a newline.
  func readLine() -> String {
    var text = ""
    var byte: UInt8 = 0
    while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    }
    return text
  }

  func kill() {
    guard isRunning else { return }
    isRunning = false
    Glibc.kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }
}

/// A network namespace with one process in it, which has a listening socket.
final class OtherNamespace: @unchecked Sendable {
  let child: ChildProcess
  let inode: UInt64
  let port: UInt16

  /// Whether this user may make network namespaces.
  static var isAvailable: Bool { inNewNamespace { true } ?? false }

  init() throws {
    // A child inherits the namespace of the thread that starts it.
    let made = Self.inNewNamespace { () -> (ChildProcess, UInt64, UInt16)? in
      guard let socket = try? LiveSocket(.tcp, .ipv4), (try? socket.bind("0.0.0.0:0")) != nil,
        (try? socket.listen()) != nil,
        let child = try? ChildProcess(
          "/bin/sh", ["-c", "echo; exec sleep 300"], inheriting: socket)
      else { return nil }
      _ = child.readLine()
      return (child, socket.inode, socket.local.port)
    }
    guard let made, let (child, inode, port) = made else { throw ProcTree.Errno(EPERM) }
    (self.child, self.inode, self.port) = (child, inode, port)
  }

  /// Runs `body` on a thread of its own in a new network namespace; nil when that is not allowed.
  private static func inNewNamespace<Result>(_ body: () -> Result) -> Result? {
    typealias Unshare = @convention(c) (Int32) -> Int32
    let CLONE_NEWNET: Int32 = 0x4000_0000
    guard let symbol = dlsym(nil, "unshare") else { return nil }
    let unshare = unsafeBitCast(symbol, to: Unshare.self)
    var result: Result?
    withoutActuallyEscaping(body) { body in
      let work = Work { if unshare(CLONE_NEWNET) == 0 { result = body() } }
      var thread = pthread_t()
      let context = Unmanaged.passRetained(work)
      pthread_create(
        &thread, nil,
        {
          if let context = $0 { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
          return nil
        }, context.toOpaque())
      pthread_join(thread, nil)
    }
    return result
  }

  private final class Work {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }
}
