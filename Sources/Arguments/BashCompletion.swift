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
        local current previous command=\(root.name.shellQuoted) ended= kind= i word
        local rest=$COMP_LINE head= key= lead=
        local -a typed=() words=()
        # Bash ends words at ':' and '=' too (COMP_WORDBREAKS): what touches is one word.
        for ((i = 0; i <= COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          if ((i > 0)) && [[ $rest != [[:space:]]* && $rest == "$word"* ]]; then
            typed[${#typed[@]} - 1]+=$word
          else
            rest=${rest#"${rest%%[![:space:]]*}"}
            typed+=("$word")
          fi
          rest=${rest#"$word"}
        done
        current=${typed[${#typed[@]} - 1]} previous=${typed[${#typed[@]} - 2]}
        if [[ $current == --*=* ]]; then
          previous=${current%%=*} current=${current#*=}
        fi
        for ((i = 1; i < ${#typed[@]} - 1; i++)); do
          case "$command ${typed[i]}" in
            \(commands)) command+=" ${typed[i]}" ;;
            *) break ;;
          esac
        done
        for ((; i < ${#typed[@]} - 1; i++)); do
          if [[ ${typed[i]} == -- ]]; then
            ended=yes previous=
          fi
        done
        COMPREPLY=()
        case $command in
      \(cases)
        esac
      \(Self.offer)
      }
      complete -F \(function) \(root.name.shellQuoted)

      """
  }

  /// Offers what of `words` goes on from what is typed, as far as bash replaces it.
  private static let offer = #"""
      # Of values joined by commas those before the last one stay, and so does their key.
      if [[ $kind && $current == *,* ]]; then
        head=${current%,*},
        if [[ $kind == terms ]]; then
          if [[ $head != *:* ]]; then return; fi
          key=${head%%:*}:
        fi
      fi
      rest=$key${current#"$head"}
      if [[ $COMP_WORDBREAKS == *:* ]]; then lead=${current%"${current##*:}"}; fi
      for word in "${words[@]}"; do
        # The key comes before its values, and is not one of them.
        if [[ $kind == terms && ($word == "$rest" || ${word#"$rest"} == *:?*) ]]; then continue; fi
        if [[ $word == "$rest"* ]]; then
          word=$head${word#"$key"}
          printf -v word %q "${word#"$lead"}"
          # A comma needs no backslash, which would be a part of what is typed at the next time.
          COMPREPLY+=("${word//\\,/,}")
        fi
      done
      if [[ ${COMPREPLY[0]} == *: || $kind == list ]]; then compopt -o nospace; fi
    """#

  private func commandCase(_ manual: Manual) -> String {
    let valued = manual.options.filter(\.isOption).map { option in
      "        \(option.spellings.joined(separator: " | "))) \(action(option.completion)) ;;"
    }
    let names = manual.options.flatMap(\.spellings)
    let terms = manual.terms
    let operands: Completion =
      manual.takesPaths ? .path : terms.isEmpty ? .suggestions(manual.operandWords) : .terms(terms)
    let lines =
      ["    \(manual.invocation.shellQuoted))", "      case $previous in"] + valued + [
        "        *)",
        "          case $ended$current in",
        "            \(terms.isEmpty ? "-*" : "- | --*")) \(action(.values(names))) ;;",
      ]
      + (terms.isEmpty
        ? []
        : [
          "            -*)", "              \(action(.terms(terms)))",
          "              words=(\"${words[@]/#/-}\" \(list(names))) ;;",
        ])
      + [
        "            *) \(action(operands)) ;;",
        "          esac ;;",
        "      esac ;;",
      ]
    return lines.joined(separator: "\n")
  }

  private func action(_ completion: Completion) -> String {
    let words = "words=(\(list(completion.words)))"
    return switch completion {
    case .path: "compopt -o default"
    case .list: "kind=list \(words)"
    case .terms: "kind=terms \(words)"
    case .none, .values, .suggestions: words
    }
  }

  private func list(_ words: [String]) -> String {
    words.map(\.shellQuoted).joined(separator: " ")
  }
}
