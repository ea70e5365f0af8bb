/// Declarations that help lists under a title of their own, or that several commands share.
package struct Group<Root: Sendable>: Declaration {
  package let declarations: Declarations<Root>

  /// Puts the options and flags under a title.
  package init(
    _ title: String,
    @DeclarationBuilder<Root> _ content: () -> Declarations<Root>
  ) {
    var declarations = content()
    for index in declarations.bindings.indices {
      let group = declarations.bindings[index].parameter.group
      declarations.bindings[index].parameter.group = group ?? title
    }
    self.declarations = declarations
  }

  /// Adds the declarations for a part of the options, written once for all commands that have it.
  package init<Part: Sendable>(
    _ keyPath: Property<Root, Part>,
    @DeclarationBuilder<Part> _ content: () -> Declarations<Part>
  ) {
    let part = content()
    declarations = Declarations(
      bindings: part.bindings.map { $0.lifted(to: keyPath) },
      exclusives: part.exclusives,
      checks: part.checks.map { check in { root in check(root[keyPath: keyPath]) } })
  }
}
