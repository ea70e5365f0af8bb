import HTTPTypes
import Hummingbird
import NIOCore
import NetmonCore
import NetmonStore

/// The answers of the REST interface; its routes are in `API+routes.swift`.
struct API: Sendable {
  let store: StoreQueue
  let largeLists: LargeLists
  let commit: GroupCommit
  let feed: ChangeFeed
  let admission: Admission
  let meters = Meters()
  let deliveries: DeliveryRoom
  let processFigures: ProcessFigures
  private let answers = AnswerCache()
  let assets = Asset.all()
  let access: Access
  let leases: Leases
  let limits: Server.Limits
  let now: @Sendable () -> Timestamp
  /// Nil without TLS.
  var identity: CurrentIdentity?

  /// `access` nil asks nobody for a token.
  init(
    _ store: Store, access: Access? = nil, limits: Server.Limits,
    now: @escaping @Sendable () -> Timestamp
  ) {
    let access = access ?? Access(limits: limits, now: now)
    self.access = access
    leases = Leases(access)
    self.store = StoreQueue(store)
    largeLists = LargeLists(store)
    processFigures = ProcessFigures(self.store)
    commit = GroupCommit(store)
    feed = ChangeFeed(store, limits)
    admission = Admission(limits)
    deliveries = DeliveryRoom(limit: limits.untakenBytes)
    self.limits = limits
    self.now = now
  }

  /// Answers with JSON made from the store, or with 304 when the client has it already.
  ///
  /// `question` is everything that the answer depends on besides the store; `isLarge` whether it may
  /// be a large list.
  func answer(
    _ routed: RoutedRequest, to question: some Hashable & Sendable, isLarge: Bool = false,
    _ write: @escaping @Sendable (Store) throws -> Answer
  ) async throws -> Response {
    let respond = response(routed, to: question, write)
    return try await isLarge ? largeLists(respond) : store(respond)
  }

  private func response(
    _ routed: RoutedRequest, to question: some Hashable & Sendable,
    _ write: @escaping @Sendable (Store) throws -> Answer
  ) -> @Sendable (Store) throws -> Response {
    { store in
      // Read before the data: what is committed in between makes the tag old, not the data.
      let asked = routed.target.bytes
      let tag = EntityTag(version: try store.version(), asked: asked, question: question)
      if tag.matches(routed.request) { return .notModified(tag) }
      if let known = answers.answer(to: asked, tag) { return known.response }
      let answer = try write(store)
      switch answer.body {
      case .whole(let json):
        let kept = AnswerCache.Answer(
          tag: tag, json: ByteBuffer(bytes: json.bytes), link: answer.link)
        answers.keep(kept, to: asked)
        return kept.response
      case .packed(let body):
        var response = Response(
          status: .ok, headers: [.contentType: "application/json", .eTag: tag.text],
          body: body.response(on: routed.channel, in: deliveries))
        response.headers[.link] = answer.link
        return response
      }
    }
  }

  /// A document, and the `Link` to the next one.
  struct Answer {
    enum Body {
      case whole(JSONWriter)
      case packed(PackedBody)
    }

    let body: Body
    let link: String?

    init(link: String? = nil, _ write: (inout JSONWriter) -> Void) {
      body = .whole(JSONWriter(write))
      self.link = link
    }

    init(link: String?, packed body: PackedBody) {
      self.body = .packed(body)
      self.link = link
    }
  }
}
