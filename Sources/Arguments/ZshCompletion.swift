/// Completion functions for zsh, one for each command.
struct ZshCompletion {
  private let root: Manual

  init(_ root: Manual) {
    self.root = root
  }

  var script: String {
    """
    #compdef \(root.name)
    # zsh completion for \(root.name); generated, do not edit.

    # Words joined by commas: those before the last one stay.
    \(listing)() {
      compset -P '*,'
      compadd -S "" -- "$@"
    }

    # Terms: first the key, then its values, joined by commas. After an option that takes a value
    # there is none, although zsh asks when the value begins with a dash.
    \(terms)() {
      case $words[CURRENT-1] in
        (''|\(root.valuedOptions.joined(separator: "|"))) return ;;
      esac
      if [[ $PREFIX != *:* ]]; then
        compadd -S "" -- ${(M)@:#*:}
        return
      fi
      local key=${PREFIX%%:*}:
      compset -P '*:'
      compset -P '*,'
      compadd -- ${${(M)@:#${key}?*}#$key}
    }

    \(root.all.map(function).joined(separator: "\n\n"))

    # Autoloaded, the file is the body of the function; sourced, it has to be registered.
    if [[ $funcstack[1] == _\(root.identifier) ]]; then
      _\(root.identifier) "$@"
    else
      compdef _\(root.identifier) \(root.name)
    fi

    """
  }

  private var listing: String { "_\(root.identifier)__list" }
  private var terms: String { "_\(root.identifier)__terms" }

  private func function(_ manual: Manual) -> String {
    let specifications = specifications(manual).map { "    \($0.shellQuoted)" }
    let isGroup = !manual.commands.isEmpty
    let call = ["  _arguments -s -S\(isGroup ? " -C" : "") :"] + specifications
    let lines = [call.joined(separator: " \\\n")] + (isGroup ? dispatch(manual) : [])
    return "_\(manual.identifier)() {\n" + (isGroup ? Self.locals : negations(manual))
      + lines.joined(separator: "\n") + "\n}"
  }

  /// Terms after a dash, which `_arguments` would take for options.
  private func negations(_ manual: Manual) -> String {
    if manual.terms.isEmpty { return "" }
    let words = manual.terms.map(\.shellQuoted).joined(separator: " ")
    return """
        if [[ $PREFIX == -[a-z]* ]]; then
          local typed=$PREFIX before=$IPREFIX
          compset -P -
          \(terms) \(words) && return
          PREFIX=$typed IPREFIX=$before
        fi

      """
  }

  private static let locals = "  local curcontext=$curcontext state line\n"

  private func dispatch(_ manual: Manual) -> [String] {
    let commands = manual.commands.map { command in
      "\(command.name.escaping(":")):\(command.summary)".shellQuoted
    }
    let cases = manual.commands.map { command in
      "        \(command.name.shellQuoted)) _\(command.identifier) ;;"
    }
    return [
      "  case $state in",
      "    command)",
      "      local -a commands=(\(commands.joined(separator: " ")))",
      "      _describe -t commands command commands ;;",
      "    arguments)",
      "      case $line[1] in",
    ] + cases + ["      esac ;;", "  esac"]
  }

  private func specifications(_ manual: Manual) -> [String] {
    let options = manual.options.flatMap { option in
      let excluded = (option.isRepeatable ? [] : [option]) + manual.alternatives(to: option)
      let names = excluded.flatMap(\.spellings).joined(separator: " ")
      let prefix = (names.isEmpty ? "" : "(\(names))") + (option.isRepeatable ? "*" : "")
      let help = "[\(option.help.escaping("\\[]:"))]"
      let value = option.isOption ? value(option) : ""
      return option.spellings.map { name in
        let attachment = option.isOption ? (name.hasPrefix("--") ? "=" : "+") : ""
        return prefix + name + attachment + help + value
      }
    }
    if !manual.commands.isEmpty { return options + ["1: :->command", "*:: :->arguments"] }
    let operands = manual.operands.enumerated().map { index, operand in
      let place = operand.isRepeatable ? "*" : "\(index + 1)"
      return place + (operand.isRequired || operand.isRepeatable ? "" : ":") + value(operand)
    }
    return options + operands
  }

  /// The message and the action for a value.
  private func value(_ parameter: Parameter) -> String {
    let words = parameter.completion.words.map { $0.shellQuoted.escaping(":") }
      .joined(separator: " ")
    let action =
      switch parameter.completion {
      case .none: " "
      case .path: "_files"
      case .values: "{compadd -- \(words)}"
      case .list: "{\(listing) \(words)}"
      case .terms: "{\(terms) \(words)}"
      // More is to be typed, so no space follows.
      case .suggestions: "{compadd -S \"\" -- \(words)}"
      }
    return ":\(parameter.placeholder.escaping("\\:")):\(action)"
  }
}
