import HTTPTypes

extension Route {
  /// Something that a request may say in its target.
  struct Parameter: Hashable, Sendable {
    enum Place: String {
      case query, path
    }

    let name: String
    let summary: String
    let schema: Schema
    let place: Place
    /// The names under which it stands in a query: those of the members of an object, which OpenAPI
    /// calls an exploded form, and its own otherwise.
    let names: [String]
    /// Whether many routes have it, so that it is described once for all.
    let isShared: Bool

    init(
      _ name: String, _ summary: String, _ schema: Schema, in place: Place = .query,
      isShared: Bool = false
    ) {
      self.name = name
      self.summary = summary
      self.schema = schema
      self.place = place
      self.isShared = isShared
      names = [name]
    }

    /// Parameters that depend on each other: the members of an object.
    init(
      group name: String, _ summary: String, members: [String], _ schema: Schema
    ) {
      self.name = name
      self.summary = summary
      self.schema = schema
      place = .query
      isShared = true
      names = members
    }
  }

  /// What a POST carries.
  struct Body: Sendable {
    let summary: String
    /// By media type.
    let content: [(type: String, schema: Schema)]
  }

  /// A status that a request may be answered with.
  struct Outcome: Sendable {
    let status: HTTPResponse.Status
    let summary: String
    /// By media type; none when there is no body.
    var content: [(type: String, schema: Schema)] = []
    /// Fields that may be there.
    var headers: [Header] = []
  }

  /// A field of a response.
  struct Header: Sendable {
    let name: HTTPField.Name
    let summary: String

    init(_ name: HTTPField.Name, _ summary: String) {
      self.name = name
      self.summary = summary
    }
  }
}
