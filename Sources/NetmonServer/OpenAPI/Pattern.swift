/// Regular expressions (ECMA-262) of texts that netmon reads and writes.
///
/// All that they match is understood. A little more is: what a regular expression cannot tell from
/// a mistake, such as the 29th of February or `1000-2000`, which is a range, and `2000-1000`, which
/// is none.
enum Pattern {
  // MARK: Addresses

  private static let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  private static let ipv4 = #"\#(octet)(?:\.\#(octet)){3}"#

  /// RFC 4291 §2.2 without dotted tails.
  private static let ipv6: String = {
    let group = "[0-9a-fA-F]{1,4}"
    let shortened = (1...6).map { count in
      "(?:\(group):){1,\(7 - count)}(?::\(group)){1,\(count)}"
    }
    let others = ["(?:\(group):){7}\(group)", "(?:\(group):){1,7}:", ":(?::\(group)){1,7}", "::"]
    return "(?:\((others + shortened).joined(separator: "|")))"
  }()

  static let port =
    "(?:6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})"

  /// `ip:port`, as in a record.
  static let address = #"(?:\#(ipv4)|\[\#(ipv6)\]):\#(port)"#

  /// An address or block with or without a port, or a port alone, as in a filter.
  static let endpoint: String = {
    let block6 = "\(ipv6)(?:/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9]))?"
    let block4 = "\(ipv4)(?:/(?:3[0-2]|[12]?[0-9]))?(?::\(port))?"
    return #"(?:\#(block4)|\#(block6)|\[\#(block6)\](?::\#(port))?|\*?:\#(port)|\*)"#
  }()

  // MARK: Time

  /// Any year's, but for the 29th of February.
  private static let day = """
    (?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)\
    |(?:0[13578]|1[02])-31)
    """
  private static let hourAndMinute = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
  private static let seconds = #":[0-5][0-9](?:\.[0-9]{1,9})?"#

  /// RFC 3339, with a day to spare at both ends of ``Timestamp/valid`` for the offset.
  static let recordedTime = """
    20(?:1[6-9]|[23][0-9]|4[0-8])-\(day)[Tt]\(hourAndMinute)\(seconds)\
    (?:[Zz]|[+-]\(hourAndMinute))
    """

  /// A moment to ask about: a date or time, `now`, or a duration that counts back from now.
  static let moment = "(?:now|-?\(durationWithUnit)|\(dateOrTime))"

  static let dateOrTime =
    "[0-9]{4}-\(day)(?:T\(hourAndMinute)(?:\(seconds))?(?:Z|[+-]\(hourAndMinute))?)?"

  private static let durationWithUnit =
    #"(?:[0-9]{1,5}(?:(?:\.[0-9]{1,3})?(?:d|h|m|s|ms)|us)){1,3}"#

  static let duration = "(?:0|\(durationWithUnit))"

  // MARK: Others

  static let number = "[0-9]{1,18}"

  static let size =
    #"(?:[0-9]{1,18}|[0-9]{1,5}(?:(?:\.[0-9]{1,3})?[kMGT]B|[KMGT]iB|B))"#

  /// `agent/number`.
  static let origin = "[A-Za-z0-9._-]{1,64}/[0-9]{1,18}"

  /// See ``ConnectionQuery/Cursor``.
  static let cursorOfUnsorted = "n\(base36)-\(base36)"
  static let cursorOfSorted =
    "s(?:u|i\(base36)|t(?:[0-9a-f]{2}){0,1024})-\(base36)-\(base36)"
  private static let base36 = "(?:0|[1-9a-z][0-9a-z]{0,9})"

  /// One or more, separated by commas.
  static func list(of value: String) -> String { "\(value)(?:,\(value))*" }

  static func oneOf(_ texts: [String]) -> String { "(?:\(texts.joined(separator: "|")))" }
}
