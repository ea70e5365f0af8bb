import Foundation
import NetmonAgent
import NetmonCore
import NetmonStore
import Testing

/// Delivery from a store whose disk is full.
@Suite(.enabled(if: geteuid() == 0, "mounting a tmpfs takes root"))
struct FullDiskTests {
  @Test("Without room for the place reached, all is delivered; there is room again, and it is kept")
  func deliveryGoesOn() async throws {
    let disk = try SmallDisk(megabytes: 16)
    let store = try Store(path: disk.path + "/agent.db")
    let stores = TestStores()
    let served = try stores.store("served.db")
    let server = try await RunningServer.start(served)
    let place = Replicator.cursorName(ofServer: served.id)
    try store.recordSamples(10)
    try await Replicator.quick(store, to: server.url).deliverAll()
    let before = try #require(try store.progress(of: place))
    try store.recordSamples(100, from: 10)
    try disk.fill()
    #expect(throws: StoreError.self) { try store.checkWritable() }

    let replicator = try Replicator.quick(store, to: server.url, batch: 10)
    let delivery = Task { try await replicator.run() }
    #expect(try await eventually { try served.recordCount == 110 })
    #expect(try store.progress(of: place) == before, "the disk was not as full as it should be")
    try disk.free()
    #expect(
      try await eventually { try store.progress(of: place)?.live == store.lastSequence() })
    #expect(try served.contents() == store.contents())
    delivery.cancel()
    _ = await delivery.result
    try await server.stop()
  }
}

/// A tmpfs that goes with its owner.
private final class SmallDisk {
  let path: String
  private var ballast: String { path + "/ballast" }

  init(megabytes: Int) throws {
    path = FileManager.default.temporaryDirectory.path + "/netmon-disk-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
    }
  }

  deinit {
    // Lazily: stores close their files after this.
    umount2(path, Int32(MNT_DETACH))
    rmdir(path)
  }

  /// Takes all the room that is left.
  func fill() throws {
    let file = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(file) }
    let page = [UInt8](repeating: 7, count: 4096)
    while write(file, page, page.count) > 0 {}
  }

  func free() throws {
    guard unlink(ballast) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
  }
}
