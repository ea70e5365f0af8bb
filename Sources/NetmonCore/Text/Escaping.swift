/// The text with everything visible that could steer a terminal or hide in it.
///
/// Processes name themselves, so any name may hold escape sequences, bidi overrides or invisible
/// characters. They become `\x1b` and `\u{202e}`, and bytes that were no UTF-8 `\xe9`; a backslash
/// of the text itself stays alone.
package func terminalSafe(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { isUnsafe($0) || $0 == "\u{fffd}" }) else {
    return text
  }
  var safe = ""
  var rest = text.unicodeScalars[...]
  while let scalar = rest.popFirst() {
    if scalar == "\u{fffd}", rest.hexadecimalByte != nil {
      safe += "\\x" + String(rest.prefix(2))
      rest = rest.dropFirst(2)
      continue
    }
    guard isUnsafe(scalar) else {
      safe.unicodeScalars.append(scalar)
      continue
    }
    let digits = String(scalar.value, radix: 16)
    switch scalar.value {
    case ..<0x10: safe += "\\x0\(digits)"
    case ..<0x100: safe += "\\x\(digits)"
    default: safe += "\\u{\(digits)}"
    }
  }
  return safe
}

/// Whether a scalar controls the terminal, or is invisible or not a character at all.
func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x20...0x7E: return false
  case 0xFE0E, 0xFE0F: return false  // Choose between the text and emoji forms of a symbol.
  default: break
  }
  let properties = scalar.properties
  switch properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator: return true
  default: return properties.isDefaultIgnorableCodePoint || properties.isNoncharacterCodePoint
  }
}
