extension ErrorCatalog {
  /// The other usual ones: most come from this host itself.
  static let local: [ErrorExplanation] = [
    ErrorExplanation(
      error: .EADDRNOTAVAIL,
      summary: "No local port was free, or there is no address to send from.",
      meaning: """
        connect(2) failed at once and sent nothing. Stage port: the kernel found no port in the \
        local range with which the connection would be unique, or the bound one is taken towards \
        this peer. Stage route: the destination is IPv6, and this host has no route to it and no \
        IPv6 address of its own.
        """,
      causes: [
        "Many short connections to one address and port: their ports wait in TIME_WAIT for a minute.",
        "Connections that are opened and never closed.",
        "A client that binds its source port and reconnects at once.",
        "IPv6 is disabled, or a container has IPv4 only, and the name has an IPv6 address.",
      ],
      steps: [
        .init("How many, in which state", "ss -tan dst ADDR | awk '{print $1}' | sort | uniq -c"),
        .init("The range", "sysctl net.ipv4.ip_local_port_range"),
        .init("Who opens them", "netmon errors error:EADDRNOTAVAIL --by process,remote"),
        .init("IPv6 addresses", "ip -6 address; sysctl net.ipv6.conf.all.disable_ipv6"),
        .init("Cure: reuse connections; then widen the range; tcp_tw_reuse helps clients only"),
      ],
      limits: "With a bound port it is concluded from the order of events (error_source inferred)."),
    ErrorExplanation(
      error: .EACCES,
      summary: "A rule prohibits it.",
      meaning: """
        Stage route, cause prohibited: a route or rule of type prohibit on this host. Cause icmp: a \
        firewall on the way answered "administratively prohibited" (ICMPv6).
        """,
      causes: [
        "ip route or ip rule of type prohibit, often set by a VPN as a kill switch.",
        "A firewall that rejects with admin-prohibited.",
      ],
      steps: [
        .init("Rules and routes", "ip rule; ip route show type prohibit; ip route get ADDR"),
        .init("Rules that reject", "nft list ruleset | grep -i reject"),
      ]),
    ErrorExplanation(
      error: .EPERM,
      summary: "This host's own policy forbids it.",
      meaning:
        "connect(2) or send(2) was refused before anything left: by netfilter, a cgroup program or a security module.",
      causes: [
        "An nftables output chain that drops datagrams.",
        "systemd's IPAddressDeny= or a cgroup BPF program.",
        "SELinux or AppArmor.",
      ],
      steps: [
        .init("Rules on the way out", "nft list ruleset"),
        .init(
          "The unit's limits", "systemctl show UNIT -p IPAddressDeny -p RestrictAddressFamilies"),
        .init("Denials", "journalctl -k | grep -iE 'avc|apparmor'"),
      ],
      limits: "No tracepoint shows it without --trace-syscalls."),
    ErrorExplanation(
      error: .EPIPE,
      summary: "The peer had closed and then reset, while we still wrote.",
      meaning:
        "The peer's FIN had come (CLOSE_WAIT), then a reset: what we sent met a closed socket.",
      causes: [
        "The peer ended the conversation and we went on: a browser that was closed, a proxy's timeout.",
        "A pooled connection that the server had closed was used again.",
      ],
      steps: [
        .init(
          "How long it had been idle",
          "netmon query error:EPIPE remote:ADDR -o jsonl | jq .duration_us"),
        .init("Keep-alive and idle timeouts on both sides; the client's should be shorter"),
      ]),
    ErrorExplanation(
      error: .EINVAL,
      summary: "The destination is one that cannot be reached on purpose.",
      meaning:
        "Stage route: a route of type blackhole. With --trace-syscalls also a malformed address.",
      causes: [
        "A blackhole route, set against an attack or by a routing daemon.",
        "A link-local IPv6 address without its interface.",
      ],
      steps: [.init("Blackholes", "ip route show type blackhole; ip -6 route show type blackhole")]),
    ErrorExplanation(
      error: .EADDRINUSE,
      summary: "The local address is taken.",
      meaning: "bind(2), listen(2) or connect(2) asked for a local port that another socket has.",
      causes: [
        "A second instance of the service, or an old one that has not ended.",
        "TIME_WAIT without SO_REUSEADDR after a restart.",
      ],
      steps: [.init("Who has it", "ss -tanp 'sport = :PORT'")],
      limits: """
        No event tells of a bind(2) or listen(2) that fails, and a look at the sockets does not show \
        it: there is no record of such an error. A failed listen(2) may leave the record of a listening \
        socket that has closed at once, without an error.
        """),
    ErrorExplanation(
      error: .ENETDOWN,
      summary: "The interface is down.",
      meaning: "The route leads to an interface that is not up.",
      causes: ["The link was taken down, or never came up.", "A VPN or bridge being rebuilt."],
      steps: [
        .init("Interfaces", "ip -br link"), .init("Since when", "journalctl -k | grep -i link"),
      ]),
    ErrorExplanation(
      error: .EHOSTDOWN,
      summary: "A router says that the host is down.",
      meaning: "ICMP destination unreachable, code 7: rare today.",
      causes: ["An old or special router in between."],
      steps: [.init("Who sends the ICMP error", "tcpdump -ni any 'icmp[0]=3'")]),
    ErrorExplanation(
      error: .ENOPROTOOPT,
      summary: "The host, or a firewall before it, does not speak TCP or UDP.",
      meaning: "ICMP destination unreachable, code 2: protocol unreachable.",
      causes: ["A firewall that rejects with icmp prot-unreachable.", "A very small host."],
      steps: [
        .init("Who sends the ICMP error", "tcpdump -ni any 'icmp[0]=3 and icmp[1]=2'"),
        .init("Rules that reject", "nft list ruleset | grep -i reject"),
      ]),
    ErrorExplanation(
      error: .ENOBUFS,
      summary: "The kernel had no memory or queue left.",
      meaning: "The socket's, the interface's or the machine's buffers were full.",
      causes: [
        "A full transmit queue.", "TCP memory at its limit.", "A memory limit of the cgroup.",
      ],
      steps: [
        .init("TCP memory against its limits", "cat /proc/net/sockstat; sysctl net.ipv4.tcp_mem"),
        .init("Drops of the interface", "ip -s link; tc -s qdisc"),
      ]),
  ]
}
