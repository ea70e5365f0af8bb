import HTTPTypes
import NetmonCore

/// The description of the server by its routes (OpenAPI 3.1.0).
struct OpenAPIDocument {
  let routes: [Route]
  /// Whether the server asks for tokens now; otherwise it lets in who has none.
  let isAsking: Bool

  /// Several routes may have a path; each path stands once, where its first route does.
  private var paths: [PathPattern] {
    routes.reduce(into: []) { paths, route in
      if !paths.contains(route.path) { paths.append(route.path) }
    }
  }

  /// What many routes have, by name.
  private var sharedParameters: [Route.Parameter] {
    routes.flatMap { $0.parameters ?? [] }.reduce(into: []) { shared, parameter in
      if parameter.isShared, !shared.contains(parameter) { shared.append(parameter) }
    }
  }

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("openapi", "3.1.0")
      json.key("info")
      json.object { json in
        json.field("title", "netmon")
        json.field("version", Release.version)
        json.field("description", Self.description)
        json.key("license")
        json.object {
          $0.field("name", "MIT"); $0.field("identifier", "MIT")
        }
      }
      json.key("servers")
      json.array(["/"]) { json, url in json.object { $0.field("url", url) } }
      json.key("paths")
      json.object { json in
        for path in paths {
          json.key(path.description)
          json.object { json in
            for route in routes where route.path == path { write(route, to: &json) }
          }
        }
      }
      json.key("components")
      json.object { json in writeComponents(to: &json) }
    }
  }

  private static let description = """
    What connected to what, which process did it, and why did it fail. GET routes answer HEAD as \
    well; other methods are told which ones there are (405, Allow). Mistakes are told as problem \
    details (RFC 9457). What a schema admits is accepted; the filter language has a little more \
    than a schema can say, such as ranges (`1000..1999`) and names in any case of letters.
    """

  private func writeComponents(to json: inout JSONWriter) {
    json.key("schemas")
    json.object { json in
      for component in Schema.components {
        json.key(component.name)
        component.schema.write(to: &json)
      }
    }
    json.key("parameters")
    json.object { json in
      for parameter in sharedParameters {
        json.key(parameter.name)
        parameter.write(to: &json)
      }
    }
    json.key("securitySchemes")
    json.object { json in
      json.key("token")
      json.object { json in
        json.field("type", "http")
        json.field("scheme", "bearer")
        json.field("description", "What 'netmon token create' printed.")
      }
      json.key("session")
      json.object { json in
        json.field("type", "apiKey")
        json.field("in", "cookie")
        json.field("name", SessionCookie.name)
        json.field("description", "Of POST /api/session; it reads only.")
      }
    }
  }

  /// Ways to be let in, any of which is enough; roles are the scopes of tokens.
  private func write(_ access: Route.Access, to json: inout JSONWriter) {
    let schemes: [[(scheme: String, scopes: [String])]] =
      switch access {
      case .open: []
      case .read: [[("token", ["read"])], [("session", [])]]
      case .ingest: [[("token", ["ingest"])]]
      }
    json.key("security")
    json.array(schemes + (isAsking || schemes.isEmpty ? [] : [[]])) { json, schemes in
      json.object { json in
        for (scheme, scopes) in schemes {
          json.key(scheme)
          json.array(scopes) { $0.value($1) }
        }
      }
    }
  }

  private func write(_ route: Route, to json: inout JSONWriter) {
    json.key(route.method.rawValue.lowercased())
    json.object { json in
      json.field("operationId", route.name)
      json.field("summary", route.summary)
      write(route.access, to: &json)
      if let parameters = route.parameters, !parameters.isEmpty {
        json.key("parameters")
        json.array(parameters) { $1.writeUse(to: &$0) }
      }
      if let body = route.body {
        json.key("requestBody")
        json.object { json in
          json.field("description", body.summary)
          json.key("required")
          json.value(true)
          json.write(body.content)
        }
      }
      json.key("responses")
      json.object { json in
        for outcome in route.outcomes {
          json.key("\(outcome.status.code)")
          outcome.write(to: &json)
        }
      }
    }
  }
}

extension Route {
  /// What the method and path come to as a name: `get_api_connections_id`.
  fileprivate var name: String {
    let parts = path.description.split { !$0.isLetter }
    return ([method.rawValue.lowercased()] + (parts.isEmpty ? ["page"] : parts.map(String.init)))
      .joined(separator: "_")
  }
}

extension Route.Parameter {
  fileprivate func writeUse(to json: inout JSONWriter) {
    guard isShared else { return write(to: &json) }
    json.object { $0.field("$ref", "#/components/parameters/\(name)") }
  }

  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("name", name)
      json.field("in", place.rawValue)
      json.field("description", summary)
      if place == .path {
        json.key("required")
        json.value(true)
      }
      if names != [name] {
        json.field("style", "form")
        json.key("explode")
        json.value(true)
      }
      json.key("schema")
      schema.write(to: &json)
    }
  }
}

extension Route.Outcome {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("description", summary)
      if !headers.isEmpty {
        json.key("headers")
        json.object { json in
          for header in headers {
            json.key(header.name.rawName)
            json.object { json in
              json.field("description", header.summary)
              json.key("schema")
              Schema.string.write(to: &json)
            }
          }
        }
      }
      if !content.isEmpty { json.write(content) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func write(_ content: [(type: String, schema: Schema)]) {
    key("content")
    object { json in
      for (type, schema) in content {
        json.key(type)
        json.object { json in
          json.key("schema")
          schema.write(to: &json)
        }
      }
    }
  }
}
