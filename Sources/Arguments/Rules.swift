/// Options of which at most one may be given.
///
/// Environment variables follow the same rule without being a mistake: an option on the command
/// line makes the variables of the others unset, and of several set variables the first counts in
/// the order named here. So `Exclusive("server", "db")` leaves at most one of them with a value.
package struct Exclusive<Root: Sendable>: Declaration {
  let labels: [String]

  package var declarations: Declarations<Root> { Declarations(exclusives: [labels]) }

  /// - Parameter names: the long names of two or more options or flags, without their dashes.
  package init(_ names: String...) {
    labels = names.map { "--\($0)" }
  }
}

/// A rule that concerns several values at once.
package struct Check<Root: Sendable>: Declaration {
  let problem: @Sendable (Root) -> String?

  package var declarations: Declarations<Root> { Declarations(checks: [problem]) }

  /// - Parameter problem: returns what is wrong with the filled options, in one line such as
  ///   "--until is before --since", or nil.
  package init(_ problem: @escaping @Sendable (Root) -> String?) {
    self.problem = problem
  }
}
