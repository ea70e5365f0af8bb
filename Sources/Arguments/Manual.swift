/// What there is to tell of a command: the source of help, the reference and completion.
struct Manual: Sendable {
  /// The names of the command and its parents, the program first.
  let path: [String]
  let summary: String
  let discussion: String
  let examples: [Example]

  /// All parameters that are not hidden, with those that every command has.
  let parameters: [Parameter]

  /// The labels of parameters that exclude each other.
  let exclusives: [[String]]

  /// The commands it has, with the `help` that every group of commands has.
  let commands: [Manual]

  var name: String { path[path.count - 1] }

  /// The whole command as it is typed: `netmon token create`.
  var invocation: String { path.joined(separator: " ") }

  var operands: [Parameter] { parameters.filter(\.isOperand) }
  var options: [Parameter] { parameters.filter { !$0.isOperand } }

  /// The options under their titles in the order declared, those without a title last.
  var sections: [(title: String, options: [Parameter])] {
    var titles: [String] = []
    for case let title? in options.map(\.group) where !titles.contains(title) {
      titles.append(title)
    }
    let others = options.filter { $0.group == nil }
    return titles.map { title in (title, options.filter { $0.group == title }) }
      + [(titles.isEmpty ? "Options" : "Other options", others)]
  }
}

extension Command {
  /// What there is to tell of the command, where `path` names its parents and itself.
  func manual(path: [String]) -> Manual {
    let common = version == nil ? [Parameter.help] : [.help, .version]
    let parameters: [Parameter]
    let exclusives: [[String]]
    var commands: [Manual] = []
    switch body {
    case .group(let children):
      (parameters, exclusives) = ([], [])
      commands = children.map { $0.manual(path: path + [$0.name]) }
      commands.append(.help(path: path + ["help"], for: commands.map(\.name)))
    case .leaf(let syntax, _):
      parameters = syntax.parameters.filter { !$0.isHidden }
      exclusives = syntax.exclusives
    }
    return Manual(
      path: path, summary: summary, discussion: discussion, examples: examples,
      parameters: parameters + common, exclusives: exclusives, commands: commands)
  }
}

extension Manual {
  fileprivate static func help(path: [String], for names: [String]) -> Manual {
    let command = Parameter(
      kind: .operand(isDashedKey: nil), name: "COMMAND", placeholder: "COMMAND",
      help: "the command to show help for", isRepeatable: true, completion: .values(names))
    return Manual(
      path: path, summary: "Show help for a command", discussion: "", examples: [],
      parameters: [command], exclusives: [], commands: [])
  }
}
