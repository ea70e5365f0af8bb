/// What scanning, help and completion need to know of an option, a flag or an operand.
struct Parameter: Sendable {
  enum Kind: Sendable {
    case option
    case flag(isNegatable: Bool)

    /// The predicate tells the `KEY` of arguments such as `-KEY:…` that are operands.
    case operand(isDashedKey: (@Sendable (String) -> Bool)?)
  }

  let kind: Kind

  /// The long name without its dashes; the placeholder of an operand.
  let name: String
  var short: Character?
  let placeholder: String
  let help: String
  var isRequired = false
  var isRepeatable = false
  var isHidden = false
  var environment: String?
  var completion = Completion.none

  /// The allowed values, such as "1 to 65535", where they are limited.
  var range: String?
  var defaultText: String?

  /// The title that help lists the parameter under, when not the usual one.
  var group: String?

  static let help = Parameter(
    kind: .flag(isNegatable: false), name: "help", short: "h", placeholder: "",
    help: "show this help")
  static let version = Parameter(
    kind: .flag(isNegatable: false), name: "version", placeholder: "", help: "show the version")
}

extension Parameter {
  var isOperand: Bool {
    if case .operand = kind { true } else { false }
  }

  var isOption: Bool {
    if case .option = kind { true } else { false }
  }

  var isNegatable: Bool {
    if case .flag(isNegatable: true) = kind { true } else { false }
  }

  /// The parameter as messages name it, which tells it from all others: `--limit` or `FILTER`.
  var label: String { isOperand ? name : "--\(name)" }

  /// The long names that turn it on, and off if it is negatable; none for an operand.
  var longNames: [String] {
    isOperand ? [] : isNegatable ? [label, "--no-\(name)"] : [label]
  }

  /// All names it can be given by, the short one first; none for an operand.
  var spellings: [String] {
    (short.map { ["-\($0)"] } ?? []) + longNames
  }

  /// The variable named after the option: `NETMON_MAX_SIZE` of `--max-size`.
  func environmentName(_ prefix: String) -> String {
    prefix + name.uppercased().map { $0 == "-" ? "_" : $0 }
  }

  /// The name and value as help shows them: `--limit NUMBER`, `--[no-]color` or `FILTER...`.
  var synopsis: String {
    let value = placeholder + (isRepeatable ? "..." : "")
    return switch kind {
    case .operand: value
    case .option: "--\(name) \(value)"
    case .flag(let isNegatable): isNegatable ? "--[no-]\(name)" : label
    }
  }
}
