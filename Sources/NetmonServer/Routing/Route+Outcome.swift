import HTTPTypes

extension Route.Outcome {
  static func json(
    _ schema: Schema, _ summary: String, status: HTTPResponse.Status = .ok,
    headers: [Route.Header] = []
  ) -> Self {
    Self(
      status: status, summary: summary, content: [("application/json", schema)], headers: headers)
  }

  static func text(_ type: String, _ summary: String) -> Self {
    Self(status: .ok, summary: summary, content: [(type, .string)])
  }

  /// Server-sent events, each an object of its fields.
  static func events(_ summary: String, _ names: [String]) -> Self {
    let event = Schema.object([
      ("event", .choice(names)), ("id", .string), ("data", .string.described("JSON.")),
    ])
    return Self(status: .ok, summary: summary, content: [(EventStream.contentType, event)])
  }

  static let notModified = Self(
    status: .notModified, summary: "It is as the client has it, by the ETag in If-None-Match.",
    headers: [.eTag])

  static func problem(_ status: HTTPResponse.Status, _ summary: String) -> Self {
    Self(
      status: status, summary: summary,
      content: [(Problem.mediaType, .reference("Problem"))])
  }

  static func retried(_ status: HTTPResponse.Status, _ summary: String) -> Self {
    var problem = problem(status, summary)
    problem.headers = [
      Route.Header(.retryAfter, "Seconds after which the same request may succeed.")
    ]
    return problem
  }
}

extension [Route.Outcome] {
  /// What any request can come to.
  static let always: Self = [
    .problem(.badRequest, "A parameter, the Host field or the target is wrong."),
    .problem(.misdirectedRequest, "The Host is neither loopback nor this server's name."),
  ]

  /// What a question to the store can come to besides its answer.
  static let ofReading: Self =
    [.notModified] + ofStore

  static let ofStore: Self =
    always + [
      .problem(.internalServerError, "The store cannot answer until a person has acted."),
      .retried(.serviceUnavailable, "The store cannot answer now."),
    ]

  /// What any request with a body can come to.
  static let ofBodies: Self = [
    .problem(.requestTimeout, "The body did not arrive in time."),
    .problem(.contentTooLarge, "The body is too large, as sent or once inflated."),
    .problem(.unsupportedMediaType, "The content type or encoding is not one of those known."),
    .problem(.misdirectedRequest, "The Host is neither loopback nor this server's name."),
    .retried(.serviceUnavailable, "The store cannot write now, or there is no room for the body."),
  ]

  /// What a POST can come to besides its answer.
  static let ofWriting: Self =
    [
      .problem(.badRequest, "The body is wrong; `errors` lists the mistakes. Nothing was stored."),
      .problem(.forbidden, "The request comes from a page of another origin."),
      .problem(.internalServerError, "The store cannot write until a person has acted."),
    ] + ofBodies
}

extension Route.Header {
  static let eTag = Self(.eTag, "Says whether the answer is still the same.")
  static let next = Self(.link, "Where the next page is, if there is one (RFC 8288).")
  static let location = Self(.location, "Where the record is.")
}
