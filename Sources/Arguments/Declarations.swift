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

extension Declarations {
  /// The same declarations where every option and flag can be given by a variable: the one that it
  /// names itself, or else the prefix and its long name.
  func namingVariables(_ prefix: String) -> Declarations {
    var named = self
    for index in bindings.indices where !bindings[index].parameter.isOperand {
      let parameter = bindings[index].parameter
      named.bindings[index].parameter.environment =
        parameter.environment ?? parameter.environmentName(prefix)
    }
    return named
  }
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
