/// A completion function for bash.
struct BashCompletion {
  private let root: Manual

  init(_ root: Manual) {
    self.root = root
  }

  var script: String {
    let function = "_\(root.identifier)"
    let commands = root.all.dropFirst().map(\.invocation.shellQuoted).joined(separator: " | ")
    let cases = root.all.map(commandCase).joined(separator: "\n")
    return """
      # bash completion for \(root.name); generated, do not edit.
      \(function)() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
        local command=\(root.name.shellQuoted) ended= i word words=()
        # Bash makes '=' a word of its own.
        if [[ $current == = ]]; then
          current=
        elif [[ $previous == = ]]; then
          previous=${COMP_WORDS[COMP_CWORD - 2]}
        fi
        for ((i = 1; i < COMP_CWORD; i++)); do
          case "$command ${COMP_WORDS[i]}" in
            \(commands)) command+=" ${COMP_WORDS[i]}" ;;
            *) break ;;
          esac
        done
        for ((; i < COMP_CWORD; i++)); do
          if [[ ${COMP_WORDS[i]} == -- ]]; then
            ended=yes previous=
          fi
        done
        COMPREPLY=()
        case $command in
      \(cases)
        esac
        for word in "${words[@]}"; do
          if [[ $word == "$current"* ]]; then
            printf -v word %q "$word"
            COMPREPLY+=("$word")
          fi
        done
        if [[ ${COMPREPLY[0]} == *: ]]; then compopt -o nospace; fi
      }
      complete -F \(function) \(root.name.shellQuoted)

      """
  }

  private func commandCase(_ manual: Manual) -> String {
    let valued = manual.options.filter(\.isOption).map { option in
      "        \(option.spellings.joined(separator: " | "))) \(action(option.completion)) ;;"
    }
    let names = manual.options.flatMap(\.spellings)
    let operands = manual.takesPaths ? Completion.path : .suggestions(manual.operandWords)
    let lines =
      ["    \(manual.invocation.shellQuoted))", "      case $previous in"] + valued + [
        "        *)",
        "          case $ended$current in",
        "            -*) \(action(.values(names))) ;;",
        "            *) \(action(operands)) ;;",
        "          esac ;;",
        "      esac ;;",
      ]
    return lines.joined(separator: "\n")
  }

  private func action(_ completion: Completion) -> String {
    if completion == .path { return "compopt -o default" }
    return "words=(\(completion.words.map(\.shellQuoted).joined(separator: " ")))"
  }
}
