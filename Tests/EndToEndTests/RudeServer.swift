import Foundation

/// Something that listens and is not a netmon server, until the end of its life.
final class RudeServer: Sendable {
  enum Behaviour {
    /// Closes what it accepts.
    case closes
    /// Reads what it is asked, says this and closes.
    case says(String)
  }

  private let listener: TCPSocket

  init(_ behaviour: Behaviour) throws {
    let listener = try TCPSocket.listening()
    self.listener = listener
    Thread.detachNewThread {
      while let client = try? listener.accept() {
        guard case .says(let text) = behaviour else { continue }
        var request = [UInt8](repeating: 0, count: 4096)
        _ = read(client.descriptor, &request, request.count)
        _ = text.withCString { write(client.descriptor, $0, strlen($0)) }
      }
    }
  }

  /// Ends the thread's wait in accept(2).
  deinit { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

  var url: String { "http://\(listener.address)" }
}

extension RudeServer.Behaviour {
  /// An HTTP response with this body.
  static func responds(_ status: String, _ type: String, _ body: String) -> Self {
    .says(
      "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nConnection: close\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }
}
