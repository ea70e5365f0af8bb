public import NetmonCore

/// How connections and errors are spread over a span of time, step by step.
public struct Timeline: Sendable {
  public var from: Timestamp
  public var to: Timestamp
  public var bucket: BucketWidth
  /// The width of the steps in which connections were counted, a multiple of `bucket`; nil where
  /// counting them would have meant to read too many rows.
  public var connectionsBucket: BucketWidth?
  /// Every step from `from` to `to`, also where nothing happened.
  public var buckets: [Bucket]
  /// What is known to be missing in the span, the latest end first.
  public var gaps: [Gap]

  /// One step.
  public struct Bucket: Sendable {
    /// Its beginning.
    public var time: Timestamp
    /// The connections that were first seen in the step of `connectionsBucket` that begins here, or
    /// before the span. Nil in the other steps that it holds, so that none counts twice.
    public var connections: Int?
    /// What failed in it, the most frequent error first.
    public var errors: [(ConnectionError, Int)]
  }

  /// The most gaps that are told.
  public static let maximumGaps = 1000
}

extension Timeline {
  /// What `GET /api/timeline` answers.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("from", from)
      json.field("to", to)
      json.field("bucket", bucket.description)
      json.field("connections_bucket", connectionsBucket?.description)
      json.key("buckets")
      json.array(buckets) { json, bucket in
        json.object { json in
          json.field("time", bucket.time)
          json.field("connections", bucket.connections)
          json.key("errors")
          json.object { json in
            for (error, count) in bucket.errors { json.field(error.name, count) }
          }
        }
      }
      json.key("gaps")
      json.array(gaps) { $1.write(to: &$0) }
    }
  }
}
