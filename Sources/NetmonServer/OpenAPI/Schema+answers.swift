import NetmonCore
import NetmonStore

/// What is answered and posted besides records.
extension Schema {
  /// The schemas that others refer to, by name.
  static let components: [(name: String, schema: Schema)] = [
    ("Connection", connection), ("NewConnection", newConnection), ("ErrorSummary", errorSummary),
    ("ErrorExplanation", errorExplanation), ("Timeline", timeline),
    ("Process", process), ("Host", host), ("HostReport", hostReport), ("Statistics", statistics),
    ("Gap", gap), ("NewGap", newGap), ("Accepted", accepted), ("Status", status),
    ("SignIn", signIn), ("Session", session),
    ("Problem", problem),
  ]

  private static let count = wholeNumber
  /// Of a record's text that may be unknown.
  private static let textOrNull = string.orNull

  static let accepted = object([("accepted", count), ("store_id", storeID)])
  static let status = object([("status", choice(["ok", "ready"]))])
  static let signIn = object([("token", string.described("As 'netmon token create' printed it."))])
  static let session = object([
    ("required", boolean.described("Whether this server asks for a token.")),
    ("token_id", textOrNull.described("Of the token that was signed in with.")),
    ("token_name", textOrNull), ("expires", time.orNull),
  ])
  private static let storeID = string(matching: "[0-9a-f]{16}")

  /// RFC 9457.
  static let problem = object(
    [
      ("type", string), ("title", string), ("status", integer(400...599)), ("detail", string),
      (
        "errors",
        list(
          of: object(
            [
              ("pointer", string.described("A JSON pointer into the body.")),
              ("parameter", string.described("The parameter it is in.")),
              (
                "position", count.described("Where in the parameter's value, in characters from 1.")
              ),
              ("length", count.described("In characters.")), ("detail", string),
            ], required: ["detail"]))
      ),
    ], required: ["type", "title", "status", "detail"])

  static let errorSummary = object([
    ("groups", list(of: errorGroup)),
    (
      "timeline",
      list(of: object([("time", time), ("counts", map(to: count))]))
        .described("The buckets in which something failed.")
    ),
    ("total", count.described("All failures that match.")),
    ("total_groups", count.described("How many groups there are; the largest 500 are told.")),
  ])

  private static let errorGroup: Schema = {
    let keys = GroupKey.allCases.map { key in
      let isNumber = key == .pid
      return (key.fieldName, (isNumber ? processID : string).orNull)
    }
    let counts: [(String, Schema)] = [
      ("count", count), ("first", time), ("last", time),
      ("successes", count.described("Connections without error with the same other keys.")),
      (
        "trend",
        list(of: count).with("minItems", .integer(Int64(ErrorGroup.parts)))
          .with("maxItems", .integer(Int64(ErrorGroup.parts)))
          .described("`count` over equal parts of the time.")
      ),
    ]
    return object(keys + counts, required: counts.map(\.0)).closed
      .described("The fields asked for by `by`, and counts.")
  }()

  static let errorExplanation = object([
    ("error", choice(errorNames)), ("errno", integer(1...4095)),
    ("summary", string.described("What happened, in one sentence.")),
    ("meaning", string.described("What the kernel saw, and what that proves.")),
    ("causes", list(of: string).described("The most usual first.")),
    (
      "steps",
      list(
        of: object([
          ("text", string),
          (
            "command",
            textOrNull.described("To begin with; capital words stand for what the record says.")
          ),
        ])
      ).described("What to look at next.")
    ), ("limits", textOrNull.described("What cannot be told apart.")),
  ])

  static let bucketWidth = choice(BucketWidth.allCases.map(\.description))

  static let timeline = object([
    ("from", time), ("to", time), ("bucket", bucketWidth.described("The width of a step.")),
    (
      "connections_bucket",
      bucketWidth.orNull.described("That of the steps in which connections were counted.")
    ),
    (
      "buckets",
      list(
        of: object([
          ("time", time),
          (
            "connections",
            count.orNull.described("Of the step of `connections_bucket` that begins here.")
          ), ("errors", map(to: count)),
        ])
      ).described("Every step from `from` to `to`.")
    ), ("gaps", list(of: reference("Gap"))),
  ])

  static let process = object([
    ("host", textOrNull), ("process_id", processID), ("process_name", string),
    ("process_path", string), ("user_id", integer(0...Int64(UInt32.max)).orNull),
    ("user", textOrNull), ("unit", textOrNull), ("container", textOrNull),
    ("parent_id", processID.orNull), ("parent_name", textOrNull), ("command", textOrNull),
    ("first_seen", time), ("last_seen", time), ("connections", count), ("errors", count),
    ("open", count),
    (
      "listens",
      list(
        of: object([
          ("protocol", choice(TransportProtocol.allCases.map(\.name))), ("local_addr", address),
        ]))
    ),
  ])

  static let host = object([
    ("host", string), ("tier", textOrNull), ("last_seen", time), ("lag_s", amount.orNull),
    ("connections", count), ("errors", count), ("lost", count),
  ])

  private static let amount = number.with("minimum", .integer(0))

  static let hostReport = object(
    [
      ("host", text.with("minLength", .integer(1))), ("tier", text.orNull), ("seen", recordedTime),
      ("lag_s", amount.orNull.described("How far its delivery is behind, in seconds.")),
      ("lost", lostCount.orNull.described("Records that it knows to be missing.")),
    ], required: ["host", "seen"])

  private static let lostCount = integer(0...Int64(Gap.largestCount))

  static let gap = object([
    ("host", string.described("\"\" when it is not of one host.")), ("from", time), ("to", time),
    ("count", count.orNull.described("How many records; null when nobody knows.")),
    ("reason", string), ("origin", origin), ("revision", integer(1...1 << 53 - 1)),
  ])

  static let newGap = object(
    [
      ("host", text), ("from", recordedTime), ("to", recordedTime), ("count", lostCount.orNull),
      ("reason", text), ("origin", origin.orNull), ("revision", integer(1...1 << 53 - 1).orNull),
    ], required: ["host", "from", "to", "reason"])

  static let statistics = object([
    ("store_id", storeID), ("connections", count), ("open", count), ("errors", count),
    ("processes", count), ("hosts", count), ("addresses", count), ("size_bytes", count),
    ("oldest", time.orNull), ("newest", time.orNull), ("last_sequence", count),
  ])
}
