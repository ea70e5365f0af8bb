import Compression
import Foundation
import Testing

@Suite struct GzipTests {
  /// gzip(1) understands what we compress.
  @Test(arguments: [0, 1, 1000, 3_000_000])
  func gzipReadsIt(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let compressed = try #require(Gzip.compress(bytes))
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gz")
    try Data(compressed).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/bin/gzip")
    gzip.arguments = ["-dc", file.path()]
    let output = Pipe()
    gzip.standardOutput = output
    try gzip.run()
    let inflated = try output.fileHandleForReading.readToEnd() ?? Data()
    gzip.waitUntilExit()
    #expect(gzip.terminationStatus == 0)
    #expect(inflated == Data(bytes))
  }
}
