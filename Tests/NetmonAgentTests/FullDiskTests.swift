import Foundation
import NetmonAgent
import NetmonCore
import NetmonStore
import Testing
import TestSupport

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
