/// An option without a value, which sets a `Bool` or, to tell that it was given, a `Bool?`.
///
/// Giving it again does no harm; of `--color` and `--no-color` the last one wins.
package struct Flag<Root: Sendable>: Declaration {
  let binding: Binding<Root>

  package var declarations: Declarations<Root> { Declarations(bindings: [binding]) }

  /// - Parameters:
  ///   - name: the long name without its dashes.
  ///   - short: the letter of the short name, if any; not `h`, which is help's.
  ///   - keyPath: the property to set; its initial value is the default.
  ///   - isNegatable: whether `--no-` and the name turn it off.
  ///   - environment: a variable that says `true` or `false` if the flag is not given.
  ///   - isHidden: whether help, the reference and completion leave the flag out.
  ///   - help: what the flag does, without capital letter and full stop.
  package init<Storage: ArgumentStorage>(
    _ name: String,
    short: Character? = nil,
    _ keyPath: Property<Root, Storage>,
    isNegatable: Bool = false,
    environment: String? = nil,
    isHidden: Bool = false,
    help: String
  ) where Storage.Value == Bool {
    let parameter = Parameter(
      kind: .flag(isNegatable: isNegatable), name: name, short: short, placeholder: "", help: help,
      isHidden: isHidden, environment: environment)
    binding = Binding(parameter, keyPath, read: Bool.init(argument:))
  }
}
