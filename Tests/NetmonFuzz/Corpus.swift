import Glibc

/// Recorded inputs: the fixtures of the tests, and the files of this machine's kernel.
struct Corpus: Sendable {
  /// The directory `Tests` of the repository.
  private let directory: String

  /// Throws `CorpusError` if there is no such directory.
  init(directory: String) throws(CorpusError) {
    guard access(directory, R_OK | X_OK) == 0 else {
      throw CorpusError(path: directory, errno: errno)
    }
    self.directory = directory
  }

  /// Where the tests were when this was built.
  static var usualDirectory: String {
    String(#filePath).split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
  }

  /// The versions of Linux that the kernel's fixtures are from.
  func kernels() throws(CorpusError) -> [String] {
    try names(in: "\(directory)/NetmonKernelTests/Fixtures").filter { $0.first?.isNumber == true }
  }

  /// A fixture of a version, or nil if that has none of this name.
  func kernelFile(_ version: String, _ name: String) -> [UInt8]? {
    try? Self.contents("\(directory)/NetmonKernelTests/Fixtures/\(version)/\(name)")
  }

  /// All fixtures of this name, of whatever version: of a `.hex` file the bytes that it stands for.
  func kernelFiles(_ name: String) throws(CorpusError) -> [[UInt8]] {
    try required(name, kernels().compactMap { kernelFile($0, name) })
      .map { name.hasSuffix(".hex") ? Self.bytes(hexadecimal: $0) : $0 }
  }

  /// Files of the fixtures of `/proc`, and of this machine's, with one of these names.
  func procFiles(_ names: String...) throws(CorpusError) -> [[UInt8]] {
    let recorded = "\(directory)/NetmonCoreTests/Fixtures/proc"
    var files: [[UInt8]] = []
    for name in names {
      for place in ["\(recorded)/healthy", "\(recorded)/broken", "/proc/self", "/proc", ""] {
        guard let file = try? Self.contents("\(place)/\(name)"), !file.isEmpty else { continue }
        files.append(file)
      }
    }
    return try required("\(names)", files)
  }

  /// What agents and servers have sent to each other.
  func exchanged(_ name: String) throws(CorpusError) -> [UInt8] {
    try Self.contents("\(directory)/EndToEndTests/Fixtures/0.1.0/\(name)")
  }

  private func required(
    _ name: String, _ files: [[UInt8]]
  ) throws(CorpusError) -> [[UInt8]] {
    guard !files.isEmpty else { throw CorpusError(path: "\(directory)/…/\(name)", errno: ENOENT) }
    return files
  }

  // MARK: - Files

  private func names(in path: String) throws(CorpusError) -> [String] {
    guard let stream = opendir(path) else { throw CorpusError(path: path, errno: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names.sorted()
  }

  /// The first 64 KiB of a file.
  static func contents(_ path: String) throws(CorpusError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw CorpusError(path: path, errno: errno) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        read(file, $0.baseAddress.map { $0 + filled }, $0.count - filled)
      }
      guard count >= 0 else { throw CorpusError(path: path, errno: errno) }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes[..<filled])
  }

  static func bytes(hexadecimal text: [UInt8]) -> [UInt8] {
    let digits = text.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

/// Recorded inputs that cannot be read (errno(3)).
struct CorpusError: Error, CustomStringConvertible {
  let path: String
  let errno: Int32

  var description: String { "\(path): \(String(cString: strerror(errno)))" }
}
