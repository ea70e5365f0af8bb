/// A part of what a command accepts: an option, a flag, an operand, a group or a rule.
package protocol Declaration<Root>: Sendable {
  /// The type of the options that the command fills.
  associatedtype Root: Sendable

  /// The declaration and what it contains.
  var declarations: Declarations<Root> { get }
}

/// Everything that a command accepts, in the order declared.
package struct Declarations<Root: Sendable>: Sendable {
  var bindings: [Binding<Root>] = []

  /// The labels of parameters that exclude each other.
  var exclusives: [[String]] = []

  var checks: [@Sendable (Root) -> String?] = []
}

/// Collects the declarations written between the braces of a command or a group.
@resultBuilder
package enum DeclarationBuilder<Root: Sendable> {
  package static func buildExpression<Element: Declaration>(
    _ declaration: Element
  ) -> Declarations<Root> where Element.Root == Root {
    declaration.declarations
  }

  package static func buildBlock(_ parts: Declarations<Root>...) -> Declarations<Root> {
    parts.reduce(into: Declarations()) { all, part in
      all.bindings += part.bindings
      all.exclusives += part.exclusives
      all.checks += part.checks
    }
  }
}

/// A stored property of the options, as `\.limit` names it.
package typealias Property<Root, Value> = any WritableKeyPath<Root, Value> & Sendable
