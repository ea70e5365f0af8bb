public import NetmonCore

// The JSON of the REST routes, which the command line prints as well.

extension ErrorSummary {
  /// `{"groups":[…],"timeline":[…],"total","total_groups"}`, as `GET /api/errors` answers.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.key("groups")
      json.array(groups) { $1.write(to: &$0) }
      json.key("timeline")
      json.array(timeline) { json, bucket in
        json.object { json in
          json.field("time", bucket.time)
          json.key("counts")
          json.object { json in
            for (error, count) in bucket.counts { json.field(error.name, count) }
          }
        }
      }
      json.field("total", total)
      json.field("total_groups", totalGroups)
    }
  }
}

extension ErrorGroup {
  /// One element of `groups`: its keys under the names of the record's fields, then the counts.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      for (key, value) in keys {
        if key == .pid {
          json.field(key.fieldName, value.flatMap { Int64($0) })
        } else {
          json.field(key.fieldName, value)
        }
      }
      json.field("count", count)
      json.field("first", first)
      json.field("last", last)
      json.field("successes", successes)
      json.key("trend")
      json.array(trend) { $0.value($1) }
    }
  }
}

extension ProcessSummary {
  /// One element of `GET /api/processes`.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("host", host)
      json.field("process_id", process.identity.pid)
      json.field("process_name", process.name)
      json.field("process_path", process.path)
      json.field("user_id", process.userID)
      json.field("user", process.user)
      json.field("unit", process.unit)
      json.field("container", process.container)
      json.field("parent_id", process.parentID)
      json.field("parent_name", process.parentName)
      json.field("command", process.command)
      json.field("first_seen", firstSeen)
      json.field("last_seen", lastSeen)
      json.field("connections", connections)
      json.field("errors", errors)
      json.field("open", open)
      json.key("listens")
      json.array(listens) { json, listen in
        json.object { json in
          json.field("protocol", listen.transport.name)
          json.field("local_addr", listen.endpoint.description)
        }
      }
    }
  }
}

extension HostSummary {
  /// One element of `GET /api/hosts`.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("host", host)
      json.field("tier", tier)
      json.field("last_seen", lastSeen)
      json.field("lag_s", lagSeconds)
      json.field("connections", connections)
      json.field("errors", errors)
      json.field("lost", lost)
    }
  }
}

extension StoreStatistics {
  /// The answer of `GET /api/stats`.
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("store_id", storeID)
      json.field("connections", connections)
      json.field("open", open)
      json.field("errors", errors)
      json.field("processes", processes)
      json.field("hosts", hosts)
      json.field("addresses", addresses)
      json.field("size_bytes", sizeBytes)
      json.field("oldest", oldest)
      json.field("newest", newest)
      json.field("last_sequence", lastSequence)
    }
  }
}
