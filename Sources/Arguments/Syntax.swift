/// The parameters of a command and which of them exclude each other.
struct Syntax: Sendable {
  let parameters: [Parameter]

  /// The labels of parameters that exclude each other.
  let exclusives: [[String]]

  /// Stops the program if the declarations contradict each other, which any test of it finds.
  func validate() {
    let spellings = (parameters + [.help, .version]).flatMap {
      $0.isOperand ? [$0.name] : $0.spellings
    }
    precondition(Set(spellings).count == spellings.count, "a name is declared twice or reserved")
    let labels = Set(parameters.map(\.label))
    precondition(
      exclusives.joined().allSatisfy(labels.contains),
      "an unknown option is declared exclusive")
    let operands = parameters.filter(\.isOperand)
    precondition(
      zip(operands, operands.dropFirst()).allSatisfy { operand, next in
        !operand.isRepeatable && (operand.isRequired || !next.isRequired)
      },
      "an operand follows a repeated one, or a required operand an optional one")
  }
}

extension Declarations {
  /// What can be told of the declarations without the type of the options.
  func syntax(defaults: Root) -> Syntax {
    let parameters = bindings.map { binding in
      var parameter = binding.parameter
      let text = binding.defaultText(defaults)
      // That a flag is off by default goes without saying.
      let isNotable = parameter.isOption ? !text.isEmpty : text == "true"
      parameter.defaultText = isNotable && !parameter.isRequired ? text : nil
      return parameter
    }
    return Syntax(parameters: parameters, exclusives: exclusives)
  }
}
