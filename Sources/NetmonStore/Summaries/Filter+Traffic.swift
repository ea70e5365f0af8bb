import NetmonCore

// What of a filter the roll-ups `traffic_hour` and `process_hour` can answer.

extension Filter {
  /// Without the terms that ask whether and how a connection failed.
  var withoutErrors: Filter {
    Filter(terms: terms.filter { !$0.anyOf.contains(where: \.isAboutError) })
  }

  /// Without the terms that ask for the socket's state.
  var withoutStates: Filter {
    Filter(terms: terms.filter { !$0.anyOf.contains(where: \.isAboutState) })
  }

  /// Whether `traffic_hour` can answer all of it.
  var isOfTraffic: Bool { terms.allSatisfy { $0.anyOf.allSatisfy(\.isOfTraffic) } }
}

extension Filter.Match {
  /// Whether it says that, or how, a connection failed.
  var isAboutError: Bool {
    switch self {
    case .error, .stage, .source, .cause, .number(.errno, _): true
    default: false
    }
  }

  /// Whether it asks for the socket's state, which after a failure is that of no success.
  var isAboutState: Bool {
    if case .state = self { true } else { false }
  }

  /// Whether it asks for nothing but the process and the remote end.
  var isOfTraffic: Bool {
    switch self {
    case .endpoint(.remote, _, _), .family: true
    default: isOfProcess
    }
  }

  /// Whether it asks for nothing but the process.
  var isOfProcess: Bool {
    switch self {
    case .text(let field, _):
      [.process, .path, .user, .unit, .container, .parentName, .command].contains(field)
    case .number(let field, _): [.pid, .userID, .parentID].contains(field)
    default: false
    }
  }
}
