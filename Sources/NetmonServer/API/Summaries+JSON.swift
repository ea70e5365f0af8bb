import NetmonCore
import NetmonStore

extension ErrorSummary {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.key("groups")
      json.array(groups) { $1.write(to: &$0) }
      json.key("timeline")
      json.array(timeline) { $1.write(to: &$0) }
    }
  }
}

extension ErrorGroup {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      for (key, text) in keys {
        json.key(key.fieldName)
        if key == .pid { json.value(text.flatMap { Int64($0) }) } else { json.value(text) }
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

extension TimelineBucket {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("time", time)
      json.key("counts")
      json.object { json in
        for (error, count) in counts { json.field(error.name, count) }
      }
    }
  }
}

extension ProcessSummary {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("process_id", process.identity.pid)
      json.field("process_name", process.name)
      json.field("process_path", process.path)
      json.field("host", host)
      json.field("user_id", process.userID)
      json.field("user", process.user)
      json.field("unit", process.unit)
      json.field("container", process.container)
      json.field("parent_id", process.parentID)
      json.field("parent_name", process.parentName)
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
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("host", host)
      json.field("tier", tier)
      json.field("last_seen", lastSeen)
      json.key("lag_s")
      json.value(lagSeconds)
      json.field("connections", connections)
      json.field("errors", errors)
      json.field("lost", lost)
    }
  }
}

extension Gap {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("host", host)
      json.field("from", from)
      json.field("to", to)
      json.field("count", count)
      json.field("reason", reason)
    }
  }
}

extension StoreStatistics {
  func write(to json: inout JSONWriter) {
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
