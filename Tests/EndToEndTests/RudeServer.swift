import Foundation

/// Something that listens and is not a netmon server, until the end of its life.
final class RudeServer: Sendable {
  enum Behaviour {
    /// Closes what it accepts.
    case closes
    /// Reads what it is asked, says this and closes.
    case says(String)
    /// Reads what it is asked, says what belongs to it and closes.
    case answers(@Sendable (_ request: String) -> String)
  }

  private let listener: TCPSocket

  init(_ behaviour: Behaviour) throws {
    let listener = try TCPSocket.listening()
    self.listener = listener
    Thread.detachNewThread {
      while let client = try? listener.accept() {
        if case .closes = behaviour { continue }
        var request = [UInt8](repeating: 0, count: 4096)
        let count = max(read(client.descriptor, &request, request.count), 0)
        let text = behaviour.answer(to: String(decoding: request[..<count], as: UTF8.self))
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
    .says(response(status, type, body))
  }

  static func response(_ status: String, _ type: String, _ body: String) -> String {
    "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nConnection: close\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  fileprivate func answer(to request: String) -> String {
    switch self {
    case .closes: ""
    case .says(let text): text
    case .answers(let answer): answer(request)
    }
  }
}
