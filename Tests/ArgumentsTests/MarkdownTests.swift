import Arguments
import Testing

struct MarkdownTests {
  struct Options: Sendable {
    var style = "a|b"
    var code = "`x`"
  }

  @Test func theReferenceCoversAllCommands() {
    #expect(netmon.markdownReference() == Self.reference)
  }

  @Test func markupInTextsIsEscaped() {
    let command = Command(
      "test", summary: "Show <b> & *c*", discussion: "first_line\nsecond [line]",
      options: Options()
    ) {
      Option("style", \.style, "A|B", help: "either <a> | b")
      Option("code", \.code, help: #"a \ or `b`"#)
    } action: {
      $0
    }
    let text = command.markdownReference()
    #expect(text.contains("\nShow &lt;b&gt; &amp; \\*c\\*.\n"))
    #expect(text.contains("\n\nfirst\\_line\n\nsecond \\[line\\]\n\n"))
    #expect(
      text.contains(#"| `--style A\|B` | either &lt;a&gt; \| b (default: `a\|b`) |"#))
    #expect(text.contains(#"| `--code TEXT` | a \\ or \`b\` (default: `` `x` ``) |"#))
  }

  static let reference = """
    <!-- Generated from the program's own declarations; do not edit. -->

    # netmon

    Monitor the network connections of a machine.

    ```
    netmon COMMAND
    ```

    | Command | Purpose |
    | --- | --- |
    | [`netmon query`](#netmon-query) | Show the records that match |
    | [`netmon token`](#netmon-token) | Manage the tokens of a server |

    | Options | Meaning |
    | --- | --- |
    | `-h`, `--help` | show this help |
    | `--version` | show the version |

    ## netmon query

    Show the records that match.

    ```
    netmon query [--server URL | --db PATH | --live] [-n NUMBER] [--since TIME] [-o FORMAT] [--[no-]color] [-q] [-f NAME]... [FILTER...]
    ```

    Terms are joined by 'and'; a term with a leading dash excludes what it matches.

    | Argument | Meaning |
    | --- | --- |
    | `FILTER...` | term that the records match |

    | Source | Meaning |
    | --- | --- |
    | `--server URL` | server to ask (environment: `NETMON_SERVER`) |
    | `--db PATH` | database to read (default: `netmon.db`; environment: `NETMON_DB`) |
    | `--live` | look at this machine instead of stored records |

    | Output | Meaning |
    | --- | --- |
    | `-o`, `--output FORMAT` | how to print the records (table, json, jsonl, csv; default: `table`) |
    | `--[no-]color` | use colors, by default on a terminal only |
    | `-q`, `--quiet` | print nothing but the number of records |
    | `-f`, `--field NAME...` | column to show |

    | Other options | Meaning |
    | --- | --- |
    | `-n`, `--limit NUMBER` | most records to show (0 to 1000000; default: `100`) |
    | `--since TIME` | earliest time |

    Examples:

    ```sh
    # the last 20 refused connections
    netmon query -n 20 error:ECONNREFUSED
    netmon query -error:ECONNREFUSED --since 2h
    ```

    ## netmon token

    Manage the tokens of a server.

    ```
    netmon token COMMAND
    ```

    | Command | Purpose |
    | --- | --- |
    | [`netmon token create`](#netmon-token-create) | Create a token |

    ## netmon token create

    Create a token.

    ```
    netmon token create [--lifetime DURATION] NAME [NOTE]
    ```

    | Argument | Meaning |
    | --- | --- |
    | `NAME` | name of the token |
    | `NOTE` | what it is for |

    | Options | Meaning |
    | --- | --- |
    | `--lifetime DURATION` | how long it is valid (1m to 365d; default: `1d`) |

    """
}
