/// The text in quotes, printable and cut to a length that leaves room for the message around it.
func quoted(_ text: String) -> String {
  let limit = 60
  let scalars = text.unicodeScalars
  let isCut = scalars.dropFirst(limit).first != nil
  return "'" + printable(String(scalars.prefix(limit))) + (isCut ? "…'" : "'")
}

/// The text with every scalar escaped that could end the line or change how a terminal shows it.
///
/// Printable text stays as it is, backslashes too, so that doing it twice changes nothing.
func printable(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default:
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}
