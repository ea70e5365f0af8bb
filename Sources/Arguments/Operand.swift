/// An argument that is known by its place instead of a name.
///
/// The property's type says how many there are: one for a plain value, at most one for an optional
/// and all that remain for an array, which only the last operand can be.
package struct Operand<Root: Sendable>: Declaration {
  let binding: Binding<Root>

  package var declarations: Declarations<Root> { Declarations(bindings: [binding]) }

  /// - Parameters:
  ///   - placeholder: the name of the operand in help and messages.
  ///   - keyPath: the property to fill.
  ///   - isRequired: whether it is a mistake to leave the operand out; unless given, it is one if
  ///     the property is a plain value.
  ///   - completion: what a shell offers for the operand.
  ///   - isDashedKey: for operands that may begin with a dash: whether the `KEY` of an argument
  ///     `-KEY:…` makes it an operand instead of a cluster of short options.
  ///   - help: what the operand is, without capital letter and full stop.
  package init<Storage: ArgumentStorage>(
    _ placeholder: String,
    _ keyPath: Property<Root, Storage>,
    isRequired: Bool = Storage.arity == .one,
    completion: Completion = Storage.Value.completion,
    alsoDashed isDashedKey: (@Sendable (String) -> Bool)? = nil,
    help: String
  ) {
    let parameter = Parameter(
      kind: .operand(isDashedKey: isDashedKey), name: placeholder, placeholder: placeholder,
      help: help, isRequired: isRequired, isRepeatable: Storage.arity == .many,
      completion: completion)
    binding = Binding(parameter, keyPath, read: Storage.Value.init(argument:))
  }
}
