/// The text with everything visible that could steer a terminal or hide in it.
///
/// Processes name themselves, so any name may hold escape sequences, bidi overrides or invisible
/// characters. They become `\x1b` and `\u{202e}`; a backslash of the text itself stays alone.
package func terminalSafe(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
  var safe = ""
  for scalar in text.unicodeScalars {
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
