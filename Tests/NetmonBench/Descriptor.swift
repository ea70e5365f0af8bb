import Glibc

/// An open file that is closed on exec, and at the end of its life.
struct Descriptor: ~Copyable {
  let number: Int32

  /// Takes over what `operation` returned.
  fileprivate init(_ number: Int32, _ operation: String) throws(BenchError) {
    self.number = number
    guard number >= 0 else { throw .system(operation, errno: errno) }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
  }

  deinit { Glibc.close(number) }

  /// `/dev/null`, for reading and writing.
  static func null() throws(BenchError) -> Descriptor {
    try Descriptor(Glibc.open("/dev/null", O_RDWR), "/dev/null")
  }

  /// An empty file without a name.
  static func scratch() throws(BenchError) -> Descriptor {
    var template = Array("/tmp/netmon-bench-XXXXXX".utf8CString)
    let file = try Descriptor(mkstemp(&template), "mkstemp")
    unlink(template)
    return file
  }

  /// A TCP socket over IPv4.
  static func socket() throws(BenchError) -> Descriptor {
    try Descriptor(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), "socket")
  }

  /// Closes it now.
  consuming func close() {}

  func rewind() {
    lseek(number, 0, SEEK_SET)
  }

  /// Hands out lines, without their newlines, until the end of the file or until `body` says that
  /// it is enough.
  func readLines(_ body: (String) throws(BenchError) -> Bool) throws(BenchError) {
    var line: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(number, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system("read", errno: errno) }
      guard count > 0 else { return }
      for byte in buffer[..<count] {
        if byte != UInt8(ascii: "\n") {
          line.append(byte)
        } else {
          guard try body(String(decoding: line, as: UTF8.self)) else { return }
          line.removeAll(keepingCapacity: true)
        }
      }
    }
  }
}

/// A pipe (pipe(2)).
struct Pipe: ~Copyable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws(BenchError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system("pipe", errno: errno) }
    let reading = try Descriptor(ends[0], "pipe")
    let writing = try Descriptor(ends[1], "pipe")
    self.reading = reading
    self.writing = writing
  }
}
