import HTTPTypes
import NetmonCore
import NetmonStore

extension Query {
  /// The filter that `q` and the filter keys make together; all must hold.
  func filter(now: Timestamp) throws(Problem) -> Filter {
    var filter = Filter()
    for item in items {
      do throws(FilterError) {
        if item.name == "q" {
          filter.terms += try Filter(item.value, now: now).terms
        } else if let key = Filter.key(named: item.name) {
          // A parameter has an end of its own, so nothing need stand for an empty text.
          let isEmptyText = item.value.isEmpty && key.kind == .text
          filter.terms +=
            try Filter(key: item.name, value: isEmptyText ? "\"\"" : item.value, now: now).terms
        }
      } catch {
        throw error.problem(in: item.name)
      }
    }
    // Each of them is within the limit that keeps the SQL within SQLite's.
    guard filter.terms.reduce(0, { $0 + $1.anyOf.count }) <= Filter.maximumValues else {
      throw Problem(.badRequest, "The filters have more than \(Filter.maximumValues) values.")
    }
    return filter
  }

  /// Which page of which connections is asked for.
  func connectionQuery(now: Timestamp) throws(Problem) -> ConnectionQuery {
    var query = ConnectionQuery(
      filter: try filter(now: now),
      sort: try sort,
      limit: try integer("limit", in: 1...API.maximumLimit, default: 100),
      offset: try integer("offset", in: 0...API.maximumOffset, default: 0)
    )
    if let text = try value("cursor") {
      guard try value("offset") == nil else {
        throw Problem(.badRequest, "'cursor' and 'offset' cannot be given together.")
      }
      guard let cursor = ConnectionQuery.Cursor(text) else {
        throw Problem(
          .badRequest, "\(quoted(text)) is not a cursor: take it from the Link of a page.")
      }
      guard cursor.isOfUnsorted == (query.sort == nil) else {
        let order = cursor.isOfUnsorted ? "without" : "with"
        throw Problem(.badRequest, "The cursor is of a list \(order) 'sort'.")
      }
      query.cursor = cursor
    }
    return query
  }

  private var sort: ConnectionQuery.Sort? {
    get throws(Problem) {
      guard let text = try value("sort") else { return nil }
      if let sort = ConnectionQuery.Sort(text) { return sort }
      let field = text.hasPrefix("-") ? String(text.dropFirst()) : text
      let fields = RecordField.allCases.map(\.rawValue)
      throw Problem(
        .badRequest,
        "There is no field \(quoted(field)) to sort by" + suggestion(for: field, among: fields))
    }
  }
}
