extension Filter {
  /// Whether all terms hold for a connection; `since:` and `until:` ask when it was first seen.
  public func matches(_ connection: Connection) -> Bool {
    matches(connection, occurrence: connection.timestamp)
  }

  /// Whether all terms hold for a connection, where `since:` and `until:` compare `occurrence`: in
  /// counts of errors, the time of failure (``Connection/failedAt``).
  public func matches(_ connection: Connection, occurrence: Timestamp) -> Bool {
    terms.allSatisfy { term in
      term.anyOf.contains { $0.holds(for: connection, occurrence: occurrence) } != term.isNegated
    }
  }
}

extension Filter.Match {
  fileprivate func holds(for connection: Connection, occurrence: Timestamp) -> Bool {
    switch self {
    case .error(.any): connection.error != nil
    case .error(.none): connection.error == nil
    case .error(.exactly(let error)): connection.error == error
    case .state(let state): connection.state == state
    case .transport(let transport): connection.transport == transport
    case .direction(let direction): connection.direction == direction
    case .family(let family): connection.family == family
    case .stage(let stage): connection.errorStage == stage
    case .source(let source): connection.errorSource == source
    case .cause(let cause): connection.errorCause == cause
    case .text(let field, let pattern): connection[field].map(pattern.matches) ?? false
    case .number(let field, let comparison): connection[field].map(comparison.holds) ?? false
    case .time(.occurrence, let comparison): comparison.holds(for: occurrence)
    case .time(let field, let comparison): connection[field].map(comparison.holds) ?? false
    case .open(let moment): connection.isOpen(at: moment)
    case .endpoint(let side, let prefix, let port):
      connection.endpoints(side).contains { end in
        (prefix?.contains(end.address) ?? true) && (port?.contains(end.port) ?? true)
      }
    case .word(let word):
      connection.searchableTexts.contains {
        firstOffset(of: word.utf8Span.span, in: $0.utf8Span.span, foldingCase: true) != nil
      }
    }
  }
}

extension Filter.TextPattern {
  /// Whether the text is matched, byte by byte.
  package func matches(_ text: String) -> Bool {
    let bytes = text.utf8Span.span
    switch self {
    case .exact(let whole):
      return Self.isEqual(whole, bytes)
    case .glob(let pieces):
      guard let first = pieces.first, let last = pieces.last else { return false }
      guard pieces.count > 1 else { return Self.isEqual(first, bytes) }
      guard occurs(first.utf8Span.span, in: bytes, at: 0) else { return false }
      var offset = first.utf8.count
      for piece in pieces[1..<pieces.count - 1] {
        guard let found = firstOffset(of: piece.utf8Span.span, in: bytes, from: offset)
        else { return false }
        offset = found + piece.utf8.count
      }
      let end = bytes.count - last.utf8.count
      return offset <= end && occurs(last.utf8Span.span, in: bytes, at: end)
    }
  }

  private static func isEqual(_ text: String, _ bytes: Span<UInt8>) -> Bool {
    text.utf8.count == bytes.count && occurs(text.utf8Span.span, in: bytes, at: 0)
  }
}

// MARK: - What is compared

extension Connection {
  fileprivate subscript(field: Filter.TextField) -> String? {
    switch field {
    case .process: process.name
    case .path: process.path
    case .user: process.user
    case .unit: process.unit
    case .container: process.container
    case .host: host
    case .service: serviceName
    case .parentName: process.parentName
    case .command: process.command
    case .origin: origin?.description
    }
  }

  fileprivate subscript(field: Filter.NumberField) -> Int64? {
    switch field {
    case .id: id
    case .pid: Int64(process.identity.pid)
    case .errno: (error?.number).map(Int64.init)
    case .revision: revision
    case .connect: connectMicroseconds
    case .duration: durationMicroseconds
    case .rtt: rttMicroseconds
    case .bytesSent: bytesSent
    case .bytesReceived: bytesReceived
    case .bytes: totalBytes
    case .retransmits: retransmits
    case .drops: drops
    case .userID: process.userID.map(Int64.init)
    case .parentID: process.parentID.map(Int64.init)
    case .networkNamespace: networkNamespace
    }
  }

  fileprivate subscript(field: Filter.TimeField) -> Timestamp? {
    switch field {
    case .timestamp, .occurrence: timestamp
    case .establishedAt: establishedAt
    case .closedAt: closedAt
    case .updatedAt: updatedAt
    }
  }

  fileprivate func endpoints(_ side: Filter.Side) -> [Endpoint] {
    switch side {
    case .local: [local]
    case .remote: [remote]
    case .either: [local, remote]
    }
  }

  private var totalBytes: Int64? {
    guard bytesSent != nil || bytesReceived != nil else { return nil }
    let (sum, overflows) = (bytesSent ?? 0).addingReportingOverflow(bytesReceived ?? 0)
    return overflows ? .max : sum
  }

  /// Where a bare word is looked for.
  fileprivate var searchableTexts: [String] {
    [process.name, process.path, local.description, remote.description]
      + [host, serviceName].compactMap(\.self)
  }
}
