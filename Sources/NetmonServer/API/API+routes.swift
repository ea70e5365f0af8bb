import HTTPTypes
import NetmonCore

extension API {
  /// All that the server answers.
  var routes: [Route] {
    connectionRoutes + collectorRoutes + summaryRoutes + sessionRoutes + serverRoutes
      + assets.map(\.route)
  }

  private var connectionRoutes: [Route] {
    let records = Schema.list(of: .reference("Connection"))
    return [
      Route(
        .post, "/api/connections", "Stores one record, or an array or lines of records.",
        body: .init(
          summary: """
            A record, or an array or lines of records, as it stands or with Content-Encoding gzip. \
            All of them are stored, or none. What has an origin is stored once, in its highest \
            revision.
            """,
          content: [
            (
              "application/json",
              .any(of: [.reference("NewConnection"), .list(of: .reference("NewConnection"))])
            ),
            ("application/x-ndjson", .string.described("A NewConnection a line.")),
          ]),
        outcomes: [
          .json(
            .any(of: [.reference("Accepted"), .reference("Connection")]),
            "A list was stored, or a record of this origin was there: this is it.",
            headers: [.location]),
          .json(
            .reference("Connection"), "The record was stored.", status: .created,
            headers: [.location]),
        ] + .ofWriting, handler: ingest),
      Route(
        .get, "/api/connections", "Lists connections, newest first.",
        parameters: .page + .filter,
        outcomes: [.json(records, "A page of the list.", headers: [.eTag, .next])] + .ofReading,
        handler: list),
      Route(
        .get, "/api/connections/{id}", "Shows one connection.", parameters: .id,
        outcomes: [
          .json(.reference("Connection"), "The connection.", headers: [.eTag]),
          .problem(.notFound, "There is no such connection."),
        ] + .ofReading, handler: show),
      Route(
        .get, "/api/connections/error/{error}", "Lists the connections that met an error.",
        parameters: .error + .page + .filter,
        outcomes: [.json(records, "A page of the list.", headers: [.eTag, .next])] + .ofReading,
        handler: listByError),
      Route(
        .get, "/api/connections/process/{pid}", "Lists the connections of a process.",
        parameters: .pid + .page + .filter,
        outcomes: [.json(records, "A page of the list.", headers: [.eTag, .next])] + .ofReading,
        handler: listByProcess),
      Route(
        .get, "/api/export", "Sends all connections that match, newest first.",
        parameters: .export + .filter,
        outcomes: [
          Route.Outcome(
            status: .ok, summary: "All of them, if the response ends in order.",
            content: Export.Format.allCases.map { ($0.mediaType, .string) },
            headers: [Route.Header(.contentDisposition, "A name for the file.")])
        ] + .ofStore, handler: export),
      Route(
        .get, "/api/stream", "Sends records as they change, as server-sent events.",
        parameters: .stream + .filter,
        outcomes: [
          .events(
            """
            `start` and `reset` say where it begins, the latter that what changed before is not \
            known any more; then `connection` is a record that changed. The id of each is the \
            change sequence, so that Last-Event-ID resumes.
            """, ["start", "reset", "connection"])
        ] + .ofStore, handler: stream),
    ]
  }

  private var summaryRoutes: [Route] {
    [
      Route(
        .get, "/api/errors", "Counts errors by group and over time.",
        parameters: .grouping + .filter,
        outcomes: [.json(.reference("ErrorSummary"), "The counts.", headers: [.eTag])] + .ofReading,
        handler: errors),
      Route(
        .get, "/api/errors/explanations", "Says what errors mean and what to look at next.",
        outcomes: [
          .json(
            .list(of: .reference("ErrorExplanation")), "The most important first.",
            headers: [.eTag]), .notModified,
        ] + .always, handler: explanations),
      Route(
        .get, "/api/timeline", "Counts connections and errors over time.",
        parameters: .timeline + .filter,
        outcomes: [.json(.reference("Timeline"), "Step by step.", headers: [.eTag])] + .ofReading,
        handler: timeline),
      Route(
        .get, "/api/processes", "Lists processes and what they did.",
        parameters: .limit + .filter,
        outcomes: [
          .json(.list(of: .reference("Process")), "The one seen last first.", headers: [.eTag])
        ]
          + .ofReading, handler: processes),
      Route(
        .get, "/api/hosts", "Lists hosts and how well they are watched.",
        outcomes: [.json(.list(of: .reference("Host")), "By name.", headers: [.eTag])] + .ofReading,
        handler: hosts),
      Route(
        .get, "/api/stats", "Counts what the store holds.",
        outcomes: [.json(.reference("Statistics"), "The counts.", headers: [.eTag])] + .ofReading,
        handler: statistics),
      Route(
        .get, "/api/gaps", "Lists what is known to be missing, the latest first.",
        parameters: .gaps,
        outcomes: [.json(.list(of: .reference("Gap")), "The latest end first.", headers: [.eTag])]
          + .ofReading,
        handler: gaps),
    ]
  }

  /// What collectors send besides records.
  private var collectorRoutes: [Route] {
    let accepted = Schema.reference("Accepted")
    return [
      Route(
        .post, "/api/hosts", "Takes in what collectors say of their hosts.",
        body: .json(
          .reference("HostReport"), "A report, or an array of reports: all of them or none."),
        outcomes: [.json(accepted, "They were taken in.")] + .ofWriting, handler: ingestHosts),
      Route(
        .post, "/api/gaps", "Stores one gap, or an array of gaps.",
        body: .json(.reference("NewGap"), "A gap, or an array of gaps: all of them or none."),
        outcomes: [
          .json(
            .any(of: [accepted, .reference("Gap")]),
            "A list was stored, or a gap of this origin was there: this is it."),
          .json(.reference("Gap"), "The gap was stored.", status: .created),
        ] + .ofWriting, handler: ingestGaps),
    ]
  }

  private var serverRoutes: [Route] {
    [
      Route(
        .get, "/api/openapi.json", "Describes all of this (OpenAPI 3.1).",
        outcomes: [.json(.object([("openapi", .string)]), "The description."), .notModified]
          + .always, handler: openAPI),
      Route(
        .get, "/metrics", "Tells figures for Prometheus.",
        outcomes: [.text(MetricsWriter.contentType, "Text format 0.0.4.")] + .ofStore,
        handler: metrics),
      Route(
        .get, "/healthz", "Says that the server runs.", access: .open,
        outcomes: [.json(.reference("Status"), "It does.")] + .always, handler: health),
      Route(
        .get, "/readyz", "Says whether the server can store records.",
        outcomes: [.json(.reference("Status"), "It can.")] + .ofStore, handler: readiness),
    ]
  }
}

extension Route.Body {
  /// An object or a list of such objects.
  fileprivate static func json(_ schema: Schema, _ summary: String) -> Self {
    Self(
      summary: summary, content: [("application/json", .any(of: [schema, .list(of: schema)]))])
  }
}
