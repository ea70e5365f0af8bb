import Arguments
import Testing

struct HelpTests {
  @Test(arguments: [(40, Self.narrow), (80, Self.usual), (120, Self.wide)])
  func helpFillsTheWidth(_ width: Int, _ expected: String) throws {
    #expect(try printedText(["help", "query"], width: width) == expected)
  }

  @Test func helpOfGroupsListsCommands() throws {
    #expect(try printedText(["help"]) == Self.program)
  }

  @Test func helpShowsRangesAndOperands() throws {
    #expect(try printedText(["help", "token", "create"]) == Self.create)
  }

  @Test(arguments: [0, -1, 1, 19, 21, 33, 59, 60, 61, 79, 200])
  func onlyUnbreakableLinesAreTooLong(_ width: Int) throws {
    let lines = try #require(try printedText(["help", "query"], width: width)).split(
      separator: "\n")
    for line in lines where line.count > max(width, 20) {
      let isExample = line.hasPrefix("  netmon ")
      let text = line.drop { $0 == " " }
      #expect(
        isExample || text.hasPrefix("-") || text.hasPrefix("[") || !text.contains(" "), "\(line)")
    }
  }

  static let narrow = """
    Usage: netmon query
        [--server URL | --db PATH | --live]
        [-n NUMBER] [--since TIME]
        [-o FORMAT] [--[no-]color] [-q]
        [-f NAME]... [FILTER...]

    Show the records that match.

    Terms are joined by 'and'; a term with a
    leading dash excludes what it matches.

    Arguments:
      FILTER...
            term that the records match

    Source:
          --server URL
            server to ask (environment:
            NETMON_SERVER)
          --db PATH
            database to read (default:
            netmon.db; environment:
            NETMON_DB)
          --live
            look at this machine instead of
            stored records

    Output:
      -o, --output FORMAT
            how to print the records (table,
            json, jsonl, csv; default:
            table)
          --[no-]color
            use colors, by default on a
            terminal only
      -q, --quiet
            print nothing but the number of
            records
      -f, --field NAME...
            column to show

    Other options:
      -n, --limit NUMBER
            most records to show (0 to
            1000000; default: 100)
          --since TIME
            earliest time
      -h, --help
            show this help

    Examples:
      netmon query -n 20 error:ECONNREFUSED
          the last 20 refused connections
      netmon query -error:ECONNREFUSED --since 2h

    """

  static let usual = """
    Usage: netmon query [--server URL | --db PATH | --live] [-n NUMBER]
                        [--since TIME] [-o FORMAT] [--[no-]color] [-q] [-f NAME]...
                        [FILTER...]

    Show the records that match.

    Terms are joined by 'and'; a term with a leading dash excludes what it matches.

    Arguments:
      FILTER...            term that the records match

    Source:
          --server URL     server to ask (environment: NETMON_SERVER)
          --db PATH        database to read (default: netmon.db; environment:
                           NETMON_DB)
          --live           look at this machine instead of stored records

    Output:
      -o, --output FORMAT  how to print the records (table, json, jsonl, csv;
                           default: table)
          --[no-]color     use colors, by default on a terminal only
      -q, --quiet          print nothing but the number of records
      -f, --field NAME...  column to show

    Other options:
      -n, --limit NUMBER   most records to show (0 to 1000000; default: 100)
          --since TIME     earliest time
      -h, --help           show this help

    Examples:
      netmon query -n 20 error:ECONNREFUSED
          the last 20 refused connections
      netmon query -error:ECONNREFUSED --since 2h

    """

  static let wide = """
    Usage: netmon query [--server URL | --db PATH | --live] [-n NUMBER] [--since TIME] [-o FORMAT] [--[no-]color] [-q]
                        [-f NAME]... [FILTER...]

    Show the records that match.

    Terms are joined by 'and'; a term with a leading dash excludes what it matches.

    Arguments:
      FILTER...            term that the records match

    Source:
          --server URL     server to ask (environment: NETMON_SERVER)
          --db PATH        database to read (default: netmon.db; environment: NETMON_DB)
          --live           look at this machine instead of stored records

    Output:
      -o, --output FORMAT  how to print the records (table, json, jsonl, csv; default: table)
          --[no-]color     use colors, by default on a terminal only
      -q, --quiet          print nothing but the number of records
      -f, --field NAME...  column to show

    Other options:
      -n, --limit NUMBER   most records to show (0 to 1000000; default: 100)
          --since TIME     earliest time
      -h, --help           show this help

    Examples:
      netmon query -n 20 error:ECONNREFUSED
          the last 20 refused connections
      netmon query -error:ECONNREFUSED --since 2h

    """

  static let program = """
    Usage: netmon COMMAND

    Monitor the network connections of a machine.

    Commands:
      query          Show the records that match
      token          Manage the tokens of a server
      help           Show help for a command

    Options:
      -h, --help     show this help
          --version  show the version

    """

  static let create = """
    Usage: netmon token create [--lifetime DURATION] NAME [NOTE]

    Create a token.

    Arguments:
      NAME                     name of the token
      NOTE                     what it is for

    Options:
          --lifetime DURATION  how long it is valid (1m to 365d; default: 1d)
      -h, --help               show this help

    """
}
