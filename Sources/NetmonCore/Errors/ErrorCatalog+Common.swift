extension ErrorCatalog {
  /// The user's six.
  static let common: [ErrorExplanation] = [
    ErrorExplanation(
      error: .ECONNREFUSED,
      summary: "Something answered, and said no.",
      meaning: """
        A reset came back for the SYN (cause peer_reset), or an ICMP port unreachable (cause icmp). \
        The packet reached a machine that is up; the port is not open there. For UDP (stage \
        datagram) it is always ICMP, for a datagram sent before.
        """,
      causes: [
        "The service is down, restarting, or crashed.",
        "It listens on another port or only on 127.0.0.1 or only on IPv4.",
        "A firewall rejects with tcp-reset or icmp-port-unreachable.",
        "A load balancer or kube-proxy has no backend for the port.",
      ],
      steps: [
        .init("Does anything listen on that port, on that host?", "ss -ltnp 'sport = :PORT'"),
        .init("Did the service restart around that time?", "systemctl status UNIT"),
        .init("Who else is refused there?", "netmon errors error:ECONNREFUSED remote:ADDR:PORT"),
        .init("Rules that reject", "nft list ruleset | grep -i reject"),
      ],
      limits: """
        A reset by the host, by a router and by a firewall look the same. An unconnected UDP socket \
        is told only with IP_RECVERR or IPV6_RECVERR, which no event shows; records of such refusals \
        have error_source inferred, and exist for IPv4 on this host only. When the error of a UDP socket \
        came is not stored: it counts at the time when the socket was first seen, and, once it is \
        closed, at the time of its closing.
        """),
    ErrorExplanation(
      error: .ECONNABORTED,
      summary: "The connection ended before it was of use, from this side or before accept.",
      meaning: """
        Stage handshake: the application closed a socket that was still connecting, within a second \
        and with no SYN repeated. Stage accept: the peer reset a connection before the server had \
        accepted it; accept(2) on Linux still succeeds, and the first read fails.
        """,
      causes: [
        "A deadline in the client that is shorter than the round trip.",
        "The client was cancelled, stopped or killed while connecting.",
        "At accept: a port scan or health check that connects and resets.",
        "At accept: a server too slow to accept, and a client that gave up.",
      ],
      steps: [
        .init(
          "How long did other attempts to that end take?", "netmon query remote:ADDR latency:>1ms"),
        .init("The client's connect timeout, and what ended it"),
        .init("Accept queue: Recv-Q near Send-Q means too slow", "ss -ltn 'sport = :PORT'"),
      ],
      limits: """
        No event shows accept(2). A reset counts as "before accept" if it came within 10 ms, \
        nothing shows that a process had the socket, and no events were lost meanwhile; \
        error_source is then inferred. Otherwise it is ECONNRESET.
        """),
    ErrorExplanation(
      error: .ECONNRESET,
      summary: "The peer cut an established connection.",
      meaning: """
        A reset arrived after the handshake. Our own resets (linger 0, closing with unread data) are \
        not errors here: such records have no error and the cause local_abort.
        """,
      causes: [
        "The peer's process crashed, or closed with data unread.",
        "An idle connection was forgotten by a NAT, firewall or load balancer, then used.",
        "The peer's keep-alive timeout is shorter than ours: a request met a closing connection.",
        "The peer speaks another protocol (TLS against plain text).",
      ],
      steps: [
        .init(
          "How old were they? One age for all means an idle timeout",
          "netmon query error:ECONNRESET remote:ADDR -o jsonl | jq .duration_us"),
        .init("The peer's log at that second"),
        .init(
          "Resets by peer, counted by the kernel", "nstat -az TcpEstabResets TcpExtTCPAbortOnData"),
      ],
      limits: "A reset by the peer and one by a middlebox in its name look the same."),
    ErrorExplanation(
      error: .ECONNTIMEOUT,
      summary: "Nobody answered.",
      meaning: """
        ETIMEDOUT under its name here. Cause timeout: the kernel gave up after repeating the segment \
        (about 130 s for a SYN, 15 minutes when established). Cause gave_up: the application closed \
        first, after a second or a repeated SYN. Cause firewall: this host itself dropped the segment.
        """,
      causes: [
        "A firewall or security group drops silently, here or there.",
        "The host is down, and a router in between does not say so.",
        "The server's accept queue is full: Linux drops the SYN.",
        "The way back is broken: wrong route, asymmetric NAT.",
        "Packets over 1,500 bytes vanish (path MTU), so that only established connections hang.",
      ],
      steps: [
        .init("Is it the port or the host?", "nc -vz -w 3 ADDR PORT; ping -c 3 ADDR"),
        .init("Where it ends", "tracepath ADDR"),
        .init(
          "Full accept queues, on the server, with their process", "netmon query --live 'drops:>0'"),
        .init("Our own rules that drop", "nft list ruleset | grep -i drop"),
      ],
      limits: """
        At the client, a drop on the way, a host that is down and a full accept queue are the same \
        silence.
        """),
    ErrorExplanation(
      error: .EHOSTUNREACH,
      summary: "The network is reached, the host is not.",
      meaning: """
        Cause icmp: a router, or this host for its own neighbours, reported the host unreachable: it \
        did not answer ARP or neighbour discovery, or a firewall prohibits it. Cause no_route \
        (stage route): a route of type unreachable is set here, and no packet was sent.
        """,
      causes: [
        "The host is off, or its address has changed.",
        "Wrong VLAN, wrong netmask, or a container's network is gone.",
        "A firewall rejects with host-unreachable or host-prohibited.",
      ],
      steps: [
        .init("Does the neighbour answer? FAILED says no", "ip neigh show ADDR"),
        .init("Which route is taken", "ip route get ADDR"),
        .init("Who sends the ICMP error", "tcpdump -ni any 'icmp[0]=3 or (ip6 and ip6[40]=1)'"),
      ]),
    ErrorExplanation(
      error: .ENETUNREACH,
      summary: "There is no way to that network.",
      meaning: """
        Stage route: this host has no route to the destination; no packet was sent. Cause icmp: a \
        router further on reported that it has none.
        """,
      causes: [
        "No default route: link down, DHCP lease lost, VPN gone.",
        "IPv6 addresses from DNS on a host without IPv6; harmless if IPv4 then works.",
        "A network namespace or container without its uplink.",
      ],
      steps: [
        .init("Which route is taken", "ip route get ADDR"),
        .init("Default routes", "ip route show default; ip -6 route show default"),
        .init("In a container, look in its namespace", "nsenter -t PID -n ip route"),
      ],
      limits: """
        For IPv6 the kernel's tracepoint shows the same error for no route and for a route of type \
        unreachable; without --trace-syscalls both are ENETUNREACH. A network namespace in which \
        no IPv4 address was ever set has no routing table that could tell: IPv4 attempts there make \
        no record.
        """),
  ]
}
