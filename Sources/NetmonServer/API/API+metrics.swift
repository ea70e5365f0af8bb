import HTTPTypes
import Hummingbird
import NIOCore
import NetmonCore
import NetmonStore

extension API {
  /// Tells Prometheus what is stored and how the server does.
  func metrics(_: RoutedRequest) async throws -> Response {
    let figures = try await store { store throws(StoreError) in try store.figures() }
    var metrics = MetricsWriter()
    metrics.write(figures)
    metrics.write(try await processFigures.latest())
    metrics.write(meters.reading)
    if let identity { metrics.write(identity.value) }
    metrics.metric(
      "netmon_stream_clients", .gauge, "Clients that follow changes.", feed.followers)
    let bodies = admission.occupied
    metrics.metric(
      "netmon_ingest_bodies", .gauge, "Request bodies being received or stored.", bodies.requests)
    metrics.metric(
      "netmon_ingest_body_bytes", .gauge, "Size of these bodies, once inflated.", bodies.bytes)
    metrics.family("netmon_build_info", .gauge, "Always 1.") {
      $0.sample("netmon_build_info", of: ["version": Release.version], 1)
    }
    if let process = try? OwnProcess() { metrics.write(process) }
    return Response(
      status: .ok, headers: [.contentType: MetricsWriter.contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text)))
  }
}
