import HTTPTypes
import NetmonCore

extension API {
  var routes: [Route] {
    [
      Route(
        .post, "/api/connections", "Stores one record, or an array or lines of records.",
        handler: ingest),
      Route(
        .get, "/api/connections", "Lists connections, newest first.",
        parameters: .page + .filter, handler: list),
      Route(.get, "/api/connections/{id}", "Shows one connection.", handler: show),
      Route(
        .get, "/api/connections/error/{error}", "Lists the connections that met an error.",
        parameters: .page + .filter, handler: listByError),
      Route(
        .get, "/api/connections/process/{pid}", "Lists the connections of a process.",
        parameters: .page + .filter, handler: listByProcess),
      Route(
        .get, "/api/errors", "Counts errors by group and over time.",
        parameters: .grouping + .filter, handler: errors),
      Route(
        .get, "/api/processes", "Lists processes and what they did.",
        parameters: .limit + .filter, handler: processes),
      Route(
        .post, "/api/hosts", "Takes in what collectors say of their hosts.", handler: ingestHosts),
      Route(.get, "/api/hosts", "Lists hosts and how well they are watched.", handler: hosts),
      Route(.get, "/api/stats", "Counts what the store holds.", handler: statistics),
      Route(.post, "/api/gaps", "Stores one gap, or an array of gaps.", handler: ingestGaps),
      Route(
        .get, "/api/gaps", "Lists what is known to be missing, the latest first.",
        parameters: .gaps, handler: gaps),
      Route(
        .get, "/api/stream", "Sends records as they change, as server-sent events.",
        parameters: .stream + .filter, handler: stream),
      Route(.get, "/healthz", "Says that the server runs.", handler: health),
      Route(.get, "/readyz", "Says whether the server can store records.", handler: readiness),
    ]
  }
}

extension [Route.Parameter] {
  static var limit: Self {
    [.init("limit", "How many at most, 1 to \(API.maximumLimit); 100 when not given.")]
  }

  static var gaps: Self {
    [
      .init("limit", "How many at most, 1 to \(API.maximumLimit); 1000 when not given."),
      .init("host", "Only of this host."),
      .init("since", "Only those that end at this time or later, such as 1h."),
      .init("until", "Only those that begin before this time."),
    ]
  }

  static var stream: Self {
    [.init("last_event_id", "The id of the last event seen, as in the header Last-Event-ID.")]
  }

  static var page: Self {
    limit + [
      .init("offset", "How many to leave out at the beginning."),
      .init("cursor", "Where to go on, from the Link of the page before; not with offset."),
      .init("sort", "A field to sort by, descending with '-' before it."),
    ]
  }

  static var grouping: Self {
    [
      .init("by", "What makes a group: error, process, remote, host, …, separated by commas."),
      .init("bucket", "The width of a step of the timeline, such as 1m."),
    ]
  }

  /// The filter as a whole, and each of its keys under all of its names.
  static var filter: Self {
    [.init("q", "A filter: terms such as error:any or remote:10.0.0.0/8.")]
      + Filter.keys.flatMap { key in
        ([key.name] + key.aliases).map { .init($0, "Only with \(key.summary): \(key.example).") }
      }
  }
}
