/// One row of what each case looks like to the kernel's tracepoints (6.18), and the records that
/// must come of it. `T` is the thread that connects, `P` its process, `S!` whoever is interrupted.
struct AttemptCase: Sendable, CustomStringConvertible {
  var description: String
  /// Lines that begin with `B` are there when the socket blocks, with `N` when it does not, with
  /// `6` for IPv6: there the lookups are made again with a source address.
  var script: String
  var records: [String]

  init(_ description: String, _ script: String, _ records: String...) {
    self.description = description
    self.script = script
    self.records = records
  }

  static let all: [AttemptCase] = handshake + established + inbound + routes + innocent

  static let handshake = [
    AttemptCase(
      "refused by RST on loopback, within connect",
      """
      T a CL>SS L:0 R:80
      S! z rst-out R:80 L:4000
      T a rst L:4000 R:80
      T a SS>CL L:4000 R:80
      T err 111 L:4000 R:80
      B T err 0 *:4000 R:0
      B T a del *:4000 R:0
      N T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNREFUSED handshake kernel peer_reset"),
    AttemptCase(
      "refused by a remote RST",
      """
      T a CL>SS L:0 R:80
      1:S! a rst L:4000 R:80
      1:S! a SS>CL L:4000 R:80
      1:S! err 111 L:4000 R:80
      B T err 0 *:4000 R:0
      B T a del *:4000 R:0
      N T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNREFUSED handshake kernel peer_reset"),
    AttemptCase(
      "refused, the errno taken before it was traced",
      """
      T a CL>SS L:0 R:80
      1:S! a rst L:4000 R:80
      1:S! a SS>CL L:4000 R:80
      1:S! err 0 L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNREFUSED handshake kernel peer_reset"),
    AttemptCase(
      "ICMP port unreachable from a router",
      """
      T a CL>SS L:0 R:80
      S! a SS>CL L:4000 R:80
      S! err 111 L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNREFUSED handshake kernel icmp"),
    AttemptCase(
      "ICMP net unreachable, late",
      """
      T a CL>SS L:0 R:80
      +1s
      S! a rtx L:4000 R:80
      S! a SS>CL L:4000 R:80
      S! err 101 L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ENETUNREACH handshake kernel icmp"),
    AttemptCase(
      "ICMP administratively prohibited",
      """
      T a CL>SS L:0 R:80
      S! a SS>CL L:4000 R:80
      S! err 13 L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P EACCES handshake kernel icmp"),
    AttemptCase(
      "ICMP inline, the application reads the soft error",
      """
      T a CL>SS L:0 R:80
      S! icmp 3/3 L:0 R:0
      T err 0 L:4000 R:80
      B +1s
      B S! a rtx L:4000 R:80
      B S! a SS>CL L:4000 R:80
      B S! err 111 L:4000 R:80
      B T a del *:4000 R:0
      N T a SS>CL L:4000 R:80
      N T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNREFUSED handshake kernel icmp"),
    AttemptCase(
      "ICMP inline, host prohibited",
      """
      T a CL>SS L:0 R:80
      S! icmp 3/10 L:0 R:0
      T err 0 L:4000 R:80
      T a SS>CL L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P EHOSTUNREACH handshake kernel icmp"),
    AttemptCase(
      "neighbour silent",
      """
      T a CL>SS L:0 R:80
      +1s
      0! a rtx -16 L:4000 R:80
      +2s
      0! a SS>CL L:4000 R:80
      0! err 113 L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P EHOSTUNREACH handshake kernel icmp"),
    AttemptCase(
      "kernel timeout",
      """
      T a CL>SS L:0 R:80
      +1s
      0! a rtx L:4000 R:80
      +2s
      S! a rtx L:4000 R:80
      +4s
      S! a SS>CL L:4000 R:80
      S! err 110 L:4000 R:80
      B T err 0 *:4000 R:0
      B T a del *:4000 R:0
      N T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNTIMEOUT handshake kernel timeout"),
    AttemptCase(
      "kernel timeout behind our own firewall",
      """
      T a CL>SS L:0 R:80
      +1s
      0! a rtx -1 L:4000 R:80
      +2s
      0! a SS>CL L:4000 R:80
      0! err 110 L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNTIMEOUT handshake kernel firewall"),
    AttemptCase(
      "gave up at once",
      """
      T a CL>SS L:0 R:80
      +0.1s
      T a SS>CL L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNABORTED handshake application local_abort"),
    AttemptCase(
      "gave up after a repeated SYN",
      """
      T a CL>SS L:0 R:80
      +0.9s
      0! a rtx L:4000 R:80
      T a SS>CL L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNTIMEOUT handshake application gave_up"),
    AttemptCase(
      "gave up after a second (SO_SNDTIMEO)",
      """
      T a CL>SS L:0 R:80
      +1s
      T a SS>CL L:4000 R:80
      T a del L:4000 R:80
      """, "outbound L:4000 R:80 CLOSE P ECONNTIMEOUT handshake application gave_up"),
    AttemptCase(
      "shutdown while connecting",
      """
      T a CL>SS L:0 R:80
      T a SS>CL L:4000 R:80
      T err 104 *:4000 R:0
      T a del *:4000 R:0
      """, "outbound L:4000 R:80 CLOSE P ECONNABORTED handshake application local_abort"),
    AttemptCase(
      "ports exhausted",
      """
      T a CL>SS L:0 R:80
      T a SS>CL L:0 R:80
      T a del *:0 R:0
      """, "outbound L:0 R:80 CLOSE P EADDRNOTAVAIL port kernel no_ports"),
    AttemptCase(
      "ports exhausted, the socket kept",
      """
      T a CL>SS L:0 R:80
      T a SS>CL L:0 R:80
      +5s
      """, "outbound L:0 R:80 CLOSE P EADDRNOTAVAIL port kernel no_ports"),
    AttemptCase(
      "ports exhausted twice on one socket",
      """
      T a CL>SS L:0 R:80
      T a SS>CL L:0 R:80
      T a CL>SS L:0 R:81
      T a SS>CL L:0 R:81
      T a del *:0 R:0
      """, "outbound L:0 R:80 CLOSE P EADDRNOTAVAIL port kernel no_ports",
      "outbound L:0 R:81 CLOSE P EADDRNOTAVAIL port kernel no_ports"),
    AttemptCase(
      "bound port in use towards this peer",
      """
      T a CL>SS L:4000 R:80
      T a SS>CL L:4000 R:80
      T a del L:4000 R:0
      """, "outbound L:4000 R:80 CLOSE P EADDRNOTAVAIL port inferred no_ports"),
    AttemptCase(
      "refused twice on one socket: the port of the first is left over",
      """
      T a CL>SS L:0 R:80
      T a rst L:4000 R:80
      T a SS>CL L:4000 R:80
      T err 111 L:4000 R:80
      T err 0 *:4000 R:0
      T a CL>SS L:4000 R:80
      T a rst L:4002 R:80
      T a SS>CL L:4002 R:80
      T err 111 L:4002 R:80
      T err 0 *:4002 R:0
      T a del *:4002 R:0
      """, "outbound L:4000 R:80 CLOSE P ECONNREFUSED handshake kernel peer_reset",
      "outbound L:4002 R:80 CLOSE P ECONNREFUSED handshake kernel peer_reset"),
  ]

  static let open = """
    T a CL>SS L:0 R:80
    S! a SS>ES L:4000 R:80
    """

  static let established = [
    AttemptCase(
      "success",
      open + """

        T a ES>F1 L:4000 R:80
        S! a F1>F2 L:4000 R:80
        S! a F2>CL L:4000 R:80
        S! a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P -"),
    AttemptCase(
      "the peer closes first",
      open + """

        S! a ES>CW L:4000 R:80
        T a CW>LA L:4000 R:80
        S! a LA>CL L:4000 R:80
        S! a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P -"),
    AttemptCase(
      "reset by the peer",
      open + """

        S! a rst L:4000 R:80
        S! a ES>CL L:4000 R:80
        S! err 104 L:4000 R:80
        +3s
        T a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P ECONNRESET established kernel peer_reset"),
    AttemptCase(
      "reset by the peer, the errno taken before it was traced",
      open + """

        1:S! a rst L:4000 R:80
        1:S! a ES>CL L:4000 R:80
        1:S! err 0 L:4000 R:80
        T a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P ECONNRESET established kernel peer_reset"),
    AttemptCase(
      "broken pipe",
      open + """

        S! a ES>CW L:4000 R:80
        S! a rst L:4000 R:80
        S! a CW>CL L:4000 R:80
        S! err 32 L:4000 R:80
        T a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P EPIPE established kernel peer_reset"),
    AttemptCase(
      "timeout when established",
      open + """

        +1s
        0! a rtx L:4000 R:80
        +900s
        0! a ES>CL L:4000 R:80
        0! err 110 L:4000 R:80
        T a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P ECONNTIMEOUT established kernel timeout"),
    AttemptCase(
      "our own abort (linger 0)",
      open + """

        T a ES>CL L:4000 R:80
        T a rst-out L:4000 R:80
        T err 104 *:4000 R:0
        T a del *:4000 R:0
        """, "outbound L:4000 R:80 CLOSE P - local_abort"),
    AttemptCase(
      "closed with unread data",
      open + """

        T a ES>CL L:4000 R:80
        T a rst-out L:4000 R:80
        T a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P - local_abort"),
    AttemptCase(
      "reset after the application closed",
      open + """

        T a ES>F1 L:4000 R:80
        S! a rst L:4000 R:80
        S! a F1>CL L:4000 R:80
        S! a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P -"),
    AttemptCase(
      "tcp_disconnect",
      open + """

        T a ES>CL L:4000 R:80
        T a rst-out L:4000 R:80
        T err 104 *:4000 R:0
        +3s
        T a del *:4000 R:0
        """, "outbound L:4000 R:80 CLOSE P - local_abort"),
  ]

  private static let accept = """
    300 s CL>LI L:8080 *:0
    S! c LI>SR L:8080 R:5000
    S! c SR>ES L:8080 R:5000
    """
  private static let stop = """

    300 s LI>CL L:8080 *:0
    300 s del L:8080 *:0
    """
  private static let listener = "listen L:8080 *:0 CLOSE 300 -"

  static let inbound = [
    AttemptCase(
      "accepted",
      accept + """

        301 c ES>F1 L:8080 R:5000
        S! c F1>F2 L:8080 R:5000
        S! c F2>CL L:8080 R:5000
        S! c del L:8080 R:5000
        """ + stop, listener, "inbound L:8080 R:5000 CLOSE 300 -"),
    AttemptCase(
      "accepted by a child that forked",
      """
      300 fork 400/400 300/300
      """ + "\n" + accept + """

        S! c ES>CW L:8080 R:5000
        400 c CW>LA L:8080 R:5000
        S! c LA>CL L:8080 R:5000
        S! c del L:8080 R:5000
        """ + stop, listener, "inbound L:8080 R:5000 CLOSE 400 -"),
    AttemptCase(
      "reset before accept",
      accept + """

        S! c rst L:8080 R:5000
        S! c ES>CL L:8080 R:5000
        S! err 104 L:8080 R:5000
        +0.01s
        300 c del L:8080 R:5000
        """ + stop, listener,
      "inbound L:8080 R:5000 CLOSE 300 ECONNABORTED accept inferred peer_reset"),
    AttemptCase(
      "reset after accept",
      accept + """

        +0.5s
        S! c rst L:8080 R:5000
        S! c ES>CL L:8080 R:5000
        S! err 104 L:8080 R:5000
        301 c del L:8080 R:5000
        """ + stop, listener,
      "inbound L:8080 R:5000 CLOSE 300 ECONNRESET established kernel peer_reset"),
    AttemptCase(
      "half closed by the server, then reset",
      accept + """

        300 c ES>F1 L:8080 R:5000
        S! c F1>F2 L:8080 R:5000
        S! c rst L:8080 R:5000
        S! c F2>CL L:8080 R:5000
        S! err 104 L:8080 R:5000
        300 c del L:8080 R:5000
        """ + stop, listener,
      "inbound L:8080 R:5000 CLOSE 300 ECONNRESET established kernel peer_reset"),
    AttemptCase(
      "listener closed with a child in its queue",
      accept + """

        300 s LI>CL L:8080 *:0
        300 c ES>CL L:8080 R:5000
        300 c rst-out L:8080 R:5000
        300 err 104 L:8080 R:0
        300 c del L:8080 R:0
        300 s del L:8080 *:0
        """, listener, "inbound L:8080 R:5000 CLOSE 300 - local_abort"),
    AttemptCase(
      "closed by a kernel thread (MPTCP)",
      accept + """

        7000 c ES>CW L:8080 R:5000
        7000 c CW>LA L:8080 R:5000
        S! c LA>CL L:8080 R:5000
        7000 err 0 L:8080 R:0
        7000 c del L:8080 R:0
        """ + stop, listener, "inbound L:8080 R:5000 CLOSE 300 -"),
  ]
}
