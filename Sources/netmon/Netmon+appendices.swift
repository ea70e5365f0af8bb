import Arguments
import NetmonCore

extension Netmon {
  /// What the commands have in common, for the reference and the manual page.
  static let appendices = [filterLanguage, output, text, exitStatus]

  private static let filterLanguage = Appendix(
    "Filter language",
    """
    Questions are terms that must all hold: error:any process:curl since:1h. Commas mean any of: \
    error:ECONNREFUSED,ECONNRESET. A leading - negates: -state:ESTABLISHED. A word without a key \
    is searched in process names, paths, addresses, hosts and services, where ASCII letters of either \
    case are the same. Quotes hold spaces and \
    commas; in the texts of keys * stands for any text, and letters count as they are written. A star itself is \
    "\\*", in quotes, and so are \\" and \\\\.
    There is no AND, OR, NOT, &&, ||, ! and no parentheses: they are mistakes, unless quotes make \
    them words to search for.
    Numbers, durations, sizes and ports are compared: latency:>100ms, bytes:>=1MB, port:>1023; both \
    8000-8999 and 8000..8999 are a range, ends included. Durations have a unit, us, ms, s, m, h or d; \
    only where a name says microseconds, as connect_us:>250, none is needed. Times are RFC 3339, in \
    UTC unless they say otherwise, or a duration that counts back from now: since:1h, which since:-1h \
    means too, until:2026-11-22T10:00Z. Where times are compared, one that is written to the day, minute \
    or second is all of that day, minute or second: timestamp:>2026-11-22T10:00Z begins at 10:01, \
    timestamp:<=2026-11-22T10:00Z ends before it, and timestamp:2026-11-22 is that day. since, until \
    and at take its beginning.
    On a command line an operand is a term. It may hold several: a text in it runs on to the next \
    KEY:, as the shell has taken the quotes away. So 'process:my app' and 'my app' ask for a name \
    with a space, and 'error:any since:1h' is two terms; quotes that reach netmon, as in \
    'process:"my app" curl', hold what they hold, and spaces end terms. In the API spaces always do.
    A mistake is told with its place, counted in characters from 1.
    """,
    entries: Filter.keys.map { key in
      let aliases = key.aliases.isEmpty ? "" : "; also \(key.aliases.joined(separator: ", "))"
      // There are too many errors to list them here.
      let values =
        (1...12).contains(key.values.count) ? ": \(key.values.joined(separator: ", "))" : ""
      return ("\(key.name):\(key.example)", key.summary + values + aliases)
    })

  private static let output = Appendix(
    "Output",
    """
    Data goes to standard output, messages to standard error. On a terminal tables are fitted to \
    its width, times are ages, and there is colour unless NO_COLOR is set or TERM is dumb; nothing \
    is told by colour alone. Where not even the most important columns fit, each record becomes \
    several lines. On a pipe a table has plain columns, of which none is cut, and whole times.
    """,
    entries: [
      ("table", "for people; columns may change from version to version"),
      (
        "json",
        "one array, or of errors an object; fields are those of docs/http-api.md, always there, "
          + "null when unknown"
      ),
      ("jsonl", "the same objects, one a line, as soon as there are some"),
      (
        "csv",
        "RFC 4180 with a header line; the documented fields first, empty when unknown; a ' before "
          + "what a spreadsheet would run"
      ),
    ])

  private static let text = Appendix(
    "Names that are no text",
    """
    Processes name themselves, and names and paths are bytes. What could steer a terminal or hide \
    in it is shown as \\x1b or \\u{202e} in tables and messages. In JSON every name is whole. A \
    byte that is not valid UTF-8 is there U+FFFD and its two hexadecimal digits, and so is each \
    byte of a U+FFFD that was there already: no two names become one, and the bytes can be told \
    again. Tables show such a byte as \\xe9.
    """)

  private static let exitStatus = Appendix(
    "Exit status", "Scripts can tell these apart.",
    entries: [
      ("0", "it is done, also when nothing matches"),
      ("1", "it could not be done"),
      ("2", "the command line is wrong"),
      ("3", "the server cannot be reached, or is none of netmon's"),
      ("4", "the server asks for a token, or the token is not for that"),
    ])
}
