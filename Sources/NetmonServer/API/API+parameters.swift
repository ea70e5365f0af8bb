import NetmonCore
import NetmonStore

extension [Route.Parameter] {
  static let id: Self = [
    .init("id", "The row in this store.", .integer(1...1 << 53 - 1), in: .path)
  ]

  static let error: Self = [
    .init("error", "The error's name.", .choice(Schema.errorNames), in: .path)
  ]

  static let pid: Self = [
    .init(
      "pid", "The process's id; 0 for those that nobody knows.", .integer(0...Int64.max),
      in: .path)
  ]

  static let limit: Self = [
    .init(
      "limit", "How many at most; 100 when not given.",
      .integer(1...Int64(API.maximumLimit)), isShared: true)
  ]

  static let page: Self =
    limit + [
      .init(
        group: "page",
        """
        Which part of the list, in which order. `offset`: how many to leave out at the beginning. \
        `cursor`: where to go on, from the Link of the page before; not with an offset, and only \
        in the order in which that page was. `sort`: a field to sort by, descending with '-' \
        before it; without, the newest come first.
        """,
        members: ["offset", "cursor", "sort"], .page)
    ]

  static let gaps: Self = [
    .init(
      "limit", "How many at most; 1000 when not given.", .integer(1...Int64(API.maximumLimit))),
    .init("host", "Only of this host.", .string),
    .init(
      "since", "Only those that end at this time or later, such as 1h.",
      .string(matching: Pattern.moment)),
    .init(
      "until", "Only those that begin before this time.", .string(matching: Pattern.moment)),
  ]

  static let stream: Self = [
    .init(
      "last_event_id", "The id of the last event seen, as in the header Last-Event-ID.",
      .integer(0...Int64.max))
  ]

  static let export: Self = [
    .init(
      "format", "A table with a line of names, or an object a line; csv when not given.",
      .choice(of: Export.Format.self)),
    .init(
      "limit", "How many at most; all when not given.", .integer(1...Int64(API.maximumOffset))),
  ]

  static let grouping: Self = [
    .init(
      "by",
      """
      What makes a group, separated by commas: words such as process, or the fields of the record \
      that they stand for. `error,process,remote` when not given.
      """,
      .string(matching: Pattern.list(of: Pattern.oneOf(groupKeys)))),
    .init(
      "bucket", "The width of a step of the timeline, from 1s to 7d; 1m when not given.",
      .string(matching: "[1-9][0-9]{0,4}s|[1-9][0-9]{0,3}m|[1-9][0-9]?h|[1-7]d")),
  ]

  static let timeline: Self = [
    .init(
      "bucket",
      """
      The least width of a step; a greater one is taken where there would be too many. When not \
      given, one that makes some hundred steps.
      """, Schema.bucketWidth)
  ]

  private static let groupKeys: [String] = GroupKey.allCases.flatMap { key in
    key.rawValue == key.fieldName ? [key.rawValue] : [key.rawValue, key.fieldName]
  }

  /// The filter as a whole, and each of its keys under all of its names.
  static let filter: Self =
    [
      .init(
        "q", "A filter: terms such as `error:any` or `remote:10.0.0.0/8`, all of which must hold.",
        .string(matching: Pattern.filter), isShared: true)
    ]
    + Filter.keys.flatMap { key in
      ([key.name] + key.aliases).map { name in
        .init(
          name, "Only with \(key.summary): `\(key.example)`. Several mean any of them: `A,B`.",
          .string(matching: Pattern.values(of: key, named: name)), isShared: true)
      }
    }
}

extension Schema {
  /// Places in a list: an offset or a cursor, of which those in sorted lists differ from others.
  fileprivate static let page: Schema = {
    let offset = integer(0...Int64(API.maximumOffset))
    let fields = RecordField.allCases.map(\.rawValue)
    let sort = choice(fields + fields.map { "-" + $0 })
    let pages = [
      object([("offset", offset), ("sort", sort)], required: []),
      object([("cursor", string(matching: Pattern.cursorOfUnsorted))]),
      object([("cursor", string(matching: Pattern.cursorOfSorted)), ("sort", sort)]),
    ]
    return Schema([Member(name: "type", value: .text("object"))])
      .with("oneOf", .list(pages.map { .schema($0.closed) }))
  }()
}
