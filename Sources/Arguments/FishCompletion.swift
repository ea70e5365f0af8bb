/// Completions for fish, each of which applies to one command.
struct FishCompletion {
  private let root: Manual

  init(_ root: Manual) {
    self.root = root
  }

  private var condition: String { "__\(root.identifier)_at" }
  private var listing: String { "__\(root.identifier)_list" }
  private var terms: String { "__\(root.identifier)_terms" }

  private var valued: String { root.valuedOptions.map(quoted).joined(separator: " ") }

  var script: String {
    let commands = root.all.dropFirst().map { quoted($0.invocation) }.joined(separator: " ")
    let lines = root.all.flatMap(completions)
    return """
      # fish completion for \(root.name); generated, do not edit.

      # Whether the words before the cursor lead to a command.
      function \(condition)
          set -l words (commandline -opc)
          set -e words[1]
          set -l command \(quoted(root.name))
          for word in $words
              switch "$command $word"
                  case \(commands)
                      set command "$command $word"
                  case '*'
                      break
              end
          end
          test "$command" = "$argv"
      end

      # Words joined by commas: those before the last one stay.
      function \(listing)
          set -l head (string match -r '^.*,' -- (commandline -ct))
          printf '%s\\n' "$head"$argv
      end

      # Terms: first the key, then its values, joined by commas. After an option that takes a value
      # there is none, although fish asks when the value begins with a dash.
      function \(terms)
          if contains -- (commandline -opc)[-1] \(valued)
              return
          end
          set -l typed (commandline -ct)
          set -l sign (string match -r '^-' -- $typed)
          set -l key (string match -rg '^-?([^:]*:)' -- $typed)
          if test -z "$key"
              printf '%s\\n' "$sign"(string match -- '*:' $argv)
              return
          end
          set -l head (string match -r '^.*[:,]' -- $typed)
          set -l values (string match -rg -- '^'(string escape --style=regex -- $key)'(.+)' $argv)
          printf '%s\\n' $head$values
      end

      complete -c \(quoted(root.name)) -f
      \(lines.joined(separator: "\n"))

      """
  }

  private func completions(_ manual: Manual) -> [String] {
    let start = "complete -c \(quoted(root.name)) -n \(quoted("\(condition) \(manual.invocation)"))"
    let commands = manual.commands.map { command in
      "\(start) -a \(quoted(command.name)) -d \(quoted(command.summary))"
    }
    let options = manual.options.flatMap { option in
      option.longNames.enumerated().map { index, name in
        let short = index == 0 ? option.short.map { " -s \($0)" } ?? "" : ""
        let value = option.isOption ? " -r" + values(option.completion) : ""
        return "\(start)\(short) -l \(name.dropFirst(2))\(value) -d \(quoted(option.help))"
      }
    }
    let operands = manual.operands.filter { $0.completion != .none }.map { operand in
      "\(start)\(values(operand.completion)) -d \(quoted(operand.placeholder))"
    }
    return commands + options + operands
  }

  private func values(_ completion: Completion) -> String {
    if completion == .path { return " -F" }
    let words = completion.words.map(quoted).joined(separator: " ")
    switch completion {
    case .list: return " -f -a \(quoted("(\(listing) \(words))"))"
    case .terms: return " -f -a \(quoted("(\(terms) \(words))"))"
    case .none, .path, .values, .suggestions:
      return " -f" + (words.isEmpty ? "" : " -a \(quoted(words))")
    }
  }

  /// The text as a word of fish, between single quotes unless it needs none.
  private func quoted(_ text: String) -> String {
    text.isPlainWord ? text : "'\(text.escaping("\\'"))'"
  }
}
