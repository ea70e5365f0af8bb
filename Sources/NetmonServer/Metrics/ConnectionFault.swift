/// Why a connection ended without what it was opened for; the values are those of the metric's label.
enum ConnectionFault: String, CaseIterable, Sendable {
  /// Something else than TLS came where TLS is wanted.
  case plaintext
  case handshakeTimeout = "handshake_timeout"
  case handshakeFailed = "handshake_failed"
  /// The client told during the handshake that it does not accept the server's certificate.
  case certificateRefused = "certificate_refused"
  /// The client left right after the handshake, as those do that miss their name in the certificate.
  case noRequest = "no_request"
  /// No complete header fields in time.
  case headerTimeout = "header_timeout"
  case bodyTimeout = "body_timeout"
  /// The client did not take its response.
  case responseTimeout = "response_timeout"
  /// The client took little of its response, and others needed the room.
  case responseDropped = "response_dropped"
  /// No whole request had come, or none that had more than an error for an answer, and others needed the
  /// room.
  case requestDropped = "request_dropped"
  /// The body came slower than others, who needed the room.
  case bodyDropped = "body_dropped"
  /// The client asked nothing more, and others needed the room.
  case idleDropped = "idle_dropped"
  /// What came is not HTTP, or has too large header fields.
  case malformed
}
