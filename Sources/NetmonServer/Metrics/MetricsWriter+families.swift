import NetmonCore
import NetmonStore

extension MetricsWriter {
  mutating func write(_ figures: StoreFigures) {
    metric(
      "netmon_connections_total", .counter,
      "Connections that were stored since the server started, by it or its collector.",
      figures.inserted)
    family(
      "netmon_connection_errors_total", .counter,
      "Connections that failed, counted once each, since the server started."
    ) { metrics in
      for (error, count) in figures.failed {
        metrics.sample("netmon_connection_errors_total", of: ["error": error.name], count)
      }
    }
    metric("netmon_stored_connections", .gauge, "Connections in the store.", figures.connections)
    metric("netmon_stored_errors", .gauge, "Those of them that failed.", figures.errors)
    metric(
      "netmon_open_connections", .gauge, "Those that are open, listening sockets included.",
      figures.open)
    writeHosts(figures.hosts)
    writeGaps(figures.gaps)
    metric("netmon_store_size_bytes", .gauge, "Size of the database file.", figures.fileBytes)
    metric("netmon_store_wal_bytes", .gauge, "Size of its write-ahead log.", figures.logBytes)
    metric(
      "netmon_store_sequence", .gauge, "Number of the latest change.", figures.lastSequence)
  }

  mutating func write(_ processes: [StoreFigures.Process]) {
    let families: [(name: String, help: String, value: (StoreFigures.Process) -> Int)] = [
      ("netmon_process_stored_connections", "Stored connections", { $0.connections }),
      ("netmon_process_stored_errors", "Stored connections that failed", { $0.errors }),
      ("netmon_process_open_connections", "Open connections", { $0.open }),
    ]
    for (name, help, value) in families {
      let help = "\(help), of the \(StoreFigures.maximumProcesses) names that have most stored."
      family(name, .gauge, help) { metrics in
        for process in processes {
          metrics.sample(name, of: ["process": process.name], value(process))
        }
      }
    }
  }

  private mutating func writeHosts(_ hosts: [HostSummary]) {
    family("netmon_host_lag_seconds", .gauge, "How far a host's delivery is behind.") { metrics in
      for host in hosts {
        guard let lag = host.lagSeconds else { continue }
        metrics.sample("netmon_host_lag_seconds", of: ["host": host.host], lag)
      }
    }
    family(
      "netmon_host_last_seen_timestamp_seconds", .gauge, "When a host was last heard of."
    ) { metrics in
      for host in hosts {
        metrics.sample(
          "netmon_host_last_seen_timestamp_seconds", of: ["host": host.host],
          Double(host.lastSeen.microseconds) / 1e6)
      }
    }
    family(
      "netmon_host_lost_records", .gauge, "Records of a host that are known to be missing."
    ) { metrics in
      for host in hosts {
        metrics.sample("netmon_host_lost_records", of: ["host": host.host], host.lost)
      }
    }
  }

  private mutating func writeGaps(_ gaps: [StoreFigures.GapReason]) {
    family("netmon_gaps", .gauge, "Stored gaps, by reason.") { metrics in
      for gap in gaps { metrics.sample("netmon_gaps", of: ["reason": gap.reason], gap.gaps) }
    }
    family(
      "netmon_lost_records", .gauge,
      "Records that stored gaps know to be missing, by reason; gaps of unknown size count nothing."
    ) { metrics in
      for gap in gaps {
        metrics.sample("netmon_lost_records", of: ["reason": gap.reason], gap.lost)
      }
    }
  }

  mutating func write(_ reading: Meters.Reading) {
    family("netmon_http_requests_total", .counter, "Requests, by route and status.") { metrics in
      for (requests, count) in reading.requests.sorted(by: { $0.key < $1.key }) {
        metrics.sample(
          "netmon_http_requests_total",
          of: [
            "method": requests.method, "route": requests.route,
            "status": "\(requests.status)",
          ], count)
      }
    }
    family(
      "netmon_connection_faults_total", .counter,
      "Connections to the server that ended without what they were opened for, by reason."
    ) { metrics in
      for fault in ConnectionFault.allCases {
        metrics.sample(
          "netmon_connection_faults_total", of: ["reason": fault.rawValue],
          reading.faults[fault] ?? 0)
      }
    }
    family("netmon_ingest_records_total", .counter, "Records that were posted and stored.") {
      let name = "netmon_ingest_records_total"
      $0.sample(name, of: ["outcome": "inserted"], reading.recordsInserted)
      $0.sample(name, of: ["outcome": "updated"], reading.recordsUpdated)
      $0.sample(name, of: ["outcome": "unchanged"], reading.recordsUnchanged)
    }
    let name = "netmon_ingest_commit_duration_seconds"
    family(name, .histogram, "Time from a posted body that is read to its commit.") { metrics in
      for (bound, count) in reading.commits.cumulative {
        metrics.sample("\(name)_bucket", of: ["le": bound.metric], count)
      }
      metrics.sample("\(name)_bucket", of: ["le": "+Inf"], reading.commits.count)
      metrics.sample("\(name)_sum", reading.commits.sum)
      metrics.sample("\(name)_count", reading.commits.count)
    }
  }

  mutating func write(_ identity: ServerIdentity) {
    metric(
      "netmon_tls_certificate_expiry_timestamp_seconds", .gauge,
      "When the first certificate of the server's chain expires, since 1970.",
      Double(identity.validity.upperBound.microseconds) / 1e6)
  }

  /// Under the names that Prometheus's own clients use.
  mutating func write(_ process: OwnProcess) {
    metric(
      "process_cpu_seconds_total", .counter, "User and system CPU time.", process.cpuSeconds)
    metric(
      "process_start_time_seconds", .gauge, "When the process started, since 1970.",
      process.startSeconds)
    metric("process_resident_memory_bytes", .gauge, "Resident memory.", process.residentBytes)
    metric("process_virtual_memory_bytes", .gauge, "Virtual memory.", process.virtualBytes)
    metric("process_open_fds", .gauge, "Open file descriptors.", process.openDescriptors)
  }
}
