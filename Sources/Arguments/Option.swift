/// An option with a value: `--limit 20`, `--limit=20`, `-n 20`, `-n20` or `-n=20`.
///
/// The property's type says how often it may be given: an array collects every value, any other
/// property takes one.
package struct Option<Root: Sendable>: Declaration {
  let binding: Binding<Root>

  package var declarations: Declarations<Root> { Declarations(bindings: [binding]) }

  /// - Parameters:
  ///   - name: the long name without its dashes.
  ///   - short: the letter of the short name, if any; not `h`, which is help's.
  ///   - keyPath: the property to fill; its initial value is the default.
  ///   - placeholder: the word for the value in help.
  ///   - environment: a variable that gives the value if the option does not; ignored when empty.
  ///   - isRequired: whether it is a mistake to leave the option out.
  ///   - isHidden: whether help, the reference and completion leave the option out.
  ///   - completion: what a shell offers for the value.
  ///   - help: what the option does, without capital letter and full stop.
  package init<Storage: ArgumentStorage>(
    _ name: String,
    short: Character? = nil,
    _ keyPath: Property<Root, Storage>,
    _ placeholder: String = Storage.Value.placeholder,
    environment: String? = nil,
    isRequired: Bool = false,
    isHidden: Bool = false,
    completion: Completion = Storage.Value.completion,
    help: String
  ) {
    let parameter = Parameter(
      kind: .option, name: name, short: short, placeholder: placeholder, help: help,
      isRequired: isRequired, isRepeatable: Storage.arity == .many, isHidden: isHidden,
      environment: environment, completion: completion)
    binding = Binding(parameter, keyPath, read: Storage.Value.init(argument:))
  }

  /// An option whose value lies in a range, which help and messages name; the other parameters are
  /// those of the other initializer.
  package init<Storage: ArgumentStorage>(
    _ name: String,
    short: Character? = nil,
    _ keyPath: Property<Root, Storage>,
    _ placeholder: String = Storage.Value.placeholder,
    in range: ClosedRange<Storage.Value>,
    environment: String? = nil,
    isRequired: Bool = false,
    isHidden: Bool = false,
    completion: Completion = Storage.Value.completion,
    help: String
  ) where Storage.Value: Comparable {
    let (lowest, highest) = (range.lowerBound.argument, range.upperBound.argument)
    let parameter = Parameter(
      kind: .option, name: name, short: short, placeholder: placeholder, help: help,
      isRequired: isRequired, isRepeatable: Storage.arity == .many, isHidden: isHidden,
      environment: environment, completion: completion, range: "\(lowest) to \(highest)")
    binding = Binding(parameter, keyPath) { (text) throws(InvalidValue) in
      guard let value = try? Storage.Value(argument: text), range.contains(value) else {
        throw .isNot("\(Storage.Value.expectation) from \(lowest) to \(highest)")
      }
      return value
    }
  }
}
