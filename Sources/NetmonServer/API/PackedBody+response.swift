import Hummingbird
import NIOCore

extension PackedBody {
  /// Writes one piece after the other, each when the client has taken most of those before. What is
  /// left of it takes room.
  func response(on channel: any Channel, in room: DeliveryRoom) -> ResponseBody {
    ResponseBody(contentLength: size) { writer in
      let connection = ObjectIdentifier(channel)
      room.add(packedSize, of: connection) {
        channel.triggerUserOutboundEvent(ResponseDropped(), promise: nil)
      }
      defer { room.remove(packedSize, of: connection) }
      for index in 0..<count {
        try await writer.write(unpacked(index))
        try await channel.takeWritten()
      }
      try await writer.finish(nil)
    }
  }
}
