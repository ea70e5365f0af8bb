/// Attempts that fail before there is a socket event, and what is no failure at all.
extension AttemptCase {
  static let routes = [
    AttemptCase(
      "route prohibited", "T fib -13 254 *:0 R:80\n6 T fib -13 254 L:0 R:80\n+1s",
      "outbound *:0 R:80 CLOSE P EACCES route kernel prohibited"),
    AttemptCase(
      "route blackhole", "T fib -22 254 *:0 R:80\n6 T fib -22 254 L:0 R:80\n+1s",
      "outbound *:0 R:80 CLOSE P EINVAL route kernel no_route"),
    AttemptCase(
      "prohibited, found in the second table",
      """
      T fib -11 255 *:0 R:80
      T fib -13 254 *:0 R:80
      6 T fib -11 255 L:0 R:80
      6 T fib -13 254 L:0 R:80
      +1s
      """, "outbound *:0 R:80 CLOSE P EACCES route kernel prohibited"),
    AttemptCase(
      "UDP without a route",
      """
      T fib -11 254 udp *:4000 R:53
      6 T fib -11 254 udp L:4000 R:53
      T fib -11 254 udp *:4000 R:53
      6 T fib -11 254 udp L:4000 R:53
      +1s
      """, "udp outbound *:4000 R:53 CLOSE P ENETUNREACH route kernel no_route"),
    AttemptCase(
      "UDP refused, connected",
      """
      T fib 0 255 udp *:4000 R:53
      T fib 0 255 udp L:4000 R:53
      S! icmp 3/3 udp L:4000 R:53
      S! err 111 udp L:4000 R:53
      +1s
      """, "udp outbound L:4000 R:53 ESTABLISHED P ECONNREFUSED datagram kernel icmp"),
    AttemptCase(
      "UDP refused, unconnected: the application is not told",
      """
      T fib 0 255 udp *:4000 R:53
      S! icmp 3/3 udp L:4000 R:53
      T fib 0 255 udp *:4000 R:53
      S! icmp 3/3 udp L:4000 R:53
      +1s
      """, "udp outbound L:4000 R:53 CLOSE P ECONNREFUSED datagram inferred icmp"),
  ]

  /// What must not look like a failure.
  static let innocent = [
    AttemptCase(
      "a route found in the second table",
      """
      T fib -11 255 *:0 R:80
      T fib -11 255 L:0 R:80
      """ + "\n" + open + """

        T fib -11 255 L:4000 R:80
        T a ES>F1 L:4000 R:80
        S! a F1>CL L:4000 R:80
        S! a del L:4000 R:80
        """, "outbound L:4000 R:80 CLOSE P -"),
    AttemptCase(
      "Happy Eyeballs: the loser is no error",
      """
      T a CL>SS L:0 R:80
      +0.25s
      T b CL>SS L:0 [2001:db8::9]:80
      S! b SS>ES L:4001 [2001:db8::9]:80
      T a SS>CL L:4000 R:80
      T a del L:4000 R:80
      T b ES>F1 L:4001 [2001:db8::9]:80
      S! b F1>CL L:4001 [2001:db8::9]:80
      S! b del L:4001 [2001:db8::9]:80
      """, "outbound L:4000 R:80 CLOSE P - local_abort",
      "outbound L:4001 [2001:db8::9]:80 CLOSE P -"),
    AttemptCase(
      "a socket that was never connected", "T a del *:0 *:0"),
    AttemptCase(
      "bound only, and listening only", "T a CL>LI L:8081 *:0\nT a LI>CL L:8081 *:0",
      "listen L:8081 *:0 CLOSE P -"),
  ]
}
