import NIOCore
import NetmonCore
import Synchronization

/// A changed record that several streams may write; it is put into bytes once for all of them.
final class ChangeEvent: Sendable {
  let sequence: Int64
  let connection: Connection
  /// Roughly what it takes up, in bytes.
  let size: Int
  private let encoded = Mutex<ByteBuffer?>(nil)

  init(_ sequence: Int64, _ connection: Connection) {
    self.sequence = sequence
    self.connection = connection
    let process = connection.process
    let texts = [
      process.name, process.path, process.user, process.unit, process.container,
      process.parentName, process.command, connection.host, connection.serviceName,
    ]
    // As texts, and again as JSON.
    size = 2000 + 2 * texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
  }

  /// As it goes out.
  var bytes: ByteBuffer {
    encoded.withLock { encoded in
      if let encoded { return encoded }
      let bytes = ByteBuffer(event: "connection", id: sequence) { connection.write(to: &$0) }
      encoded = bytes
      return bytes
    }
  }
}

extension ByteBuffer {
  /// A server-sent event (HTML Standard, §9.2). JSON as netmon writes it has no line ends in it.
  init(event name: String, id: Int64, _ write: (inout JSONWriter) -> Void) {
    var json = JSONWriter(capacity: 1024)
    json.raw("id: \(id)\nevent: \(name)\ndata: ")
    write(&json)
    json.raw("\n\n")
    self.init(bytes: json.bytes)
  }

  /// A comment, and the place reached, which whoever resumes names then: without data it is no event.
  init(heartbeatAt id: Int64) {
    self.init(string: ":\nid: \(id)\n\n")
  }
}
