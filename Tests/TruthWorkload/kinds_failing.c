// Attempts that fail before there is a connection.
#include "workload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void attempt_once(struct job *job, const char *class, const char *ipv4, const char *ipv6,
                         uint16_t port) {
  struct attempt attempt;
  attempt_open(&attempt, job, class, SOCK_STREAM, ipv4, ipv6, port);
  attempt_connect(&attempt, 20000);
  attempt_close(&attempt, "closed");
}

// Ports below 20, at which nothing listens any more.
static uint16_t closed_port(struct job *job) {
  return (uint16_t)(1 + next_random(&job->seed) % 19);
}

void run_refused(struct job *job) {
  attempt_once(job, "refused", target_ipv4(job), target_ipv6(job), closed_port(job));
}

// With a local port of its own choice.
void run_bound(struct job *job) {
  struct attempt attempt;
  attempt_open(&attempt, job, "bound", SOCK_STREAM, target_ipv4(job), target_ipv6(job),
               closed_port(job));
  struct sockaddr_storage any = {.ss_family = attempt.remote.ss_family};
  socklen_t length =
      any.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
  if (bind(attempt.socket, (struct sockaddr *)&any, length) != 0) fail("bind");
  attempt_note_port(&attempt);
  attempt_connect(&attempt, 5000);
  attempt_close(&attempt, "closed");
}

void run_no_route(struct job *job) {
  attempt_once(job, "no-route", "172.31.0.1", "fd99::1", 80);
}
void run_unreachable(struct job *job) {
  attempt_once(job, "unreachable", "10.8.1.1", "fd00:8:1::1", 80);
}
void run_prohibited(struct job *job) {
  attempt_once(job, "prohibited", "10.8.2.1", "fd00:8:2::1", 80);
}
void run_black_hole(struct job *job) {
  attempt_once(job, "black-hole", "10.8.3.1", "fd00:8:3::1", 80);
}

// From one of many addresses: a router tells each peer only once a second that there is no way
// (`ip_error` in net/ipv4/route.c).
static void attempt_far(struct job *job, const char *class, const char *ipv4, const char *ipv6) {
  struct attempt attempt;
  attempt_open(&attempt, job, class, SOCK_STREAM, ipv4, ipv6, 80);
  if (job->family == IPV4) {
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl(FIRST_SOURCE + next_random(&job->seed) % SOURCES);
    int later = 1;
    setsockopt(attempt.socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &later, sizeof later);
    if (bind(attempt.socket, (struct sockaddr *)&source, sizeof source) != 0) fail("bind");
  }
  attempt_connect(&attempt, 20000);
  attempt_close(&attempt, "closed");
}
void run_far_unreachable(struct job *job) {
  attempt_far(job, "far-unreachable", "10.9.1.1", "fd00:9:1::1");
}
void run_far_prohibited(struct job *job) {
  attempt_far(job, "far-prohibited", "10.9.2.1", "fd00:9:2::1");
}
void run_far_no_route(struct job *job) {
  attempt_far(job, "far-no-route", "10.9.4.1", "fd00:9:4::1");
}

void run_neighbour(struct job *job) {
  attempt_once(job, "neighbour", "10.1.0.77", "fd00:1::77", 80);
}

void run_timeout(struct job *job) {
  struct attempt attempt;
  attempt_open(&attempt, job, "timeout", SOCK_STREAM, "10.1.0.99", "fd00:1::99", 80);
  int once = 1;
  setsockopt(attempt.socket, IPPROTO_TCP, TCP_SYNCNT, &once, sizeof once);
  attempt_connect(&attempt, 20000);
  attempt_close(&attempt, "closed");
}

static void abandon(struct job *job, const char *class, int patience) {
  bool is_blocking = job->is_blocking;
  job->is_blocking = false;
  struct attempt attempt;
  attempt_open(&attempt, job, class, SOCK_STREAM, "10.1.0.99", "fd00:1::99", 80);
  attempt_connect(&attempt, patience);
  job->is_blocking = is_blocking;
  attempt_close(&attempt, "gave up");
}

void run_abandoned(struct job *job) {
  abandon(job, "abandoned", (int)(next_random(&job->seed) % 4));
}
void run_abandoned_late(struct job *job) { abandon(job, "abandoned-late", 1200); }

void run_send_timeout(struct job *job) {
  struct attempt attempt;
  bool is_long = next_random(&job->seed) % 2;
  job->is_blocking = true;
  attempt_open(&attempt, job, "send-timeout", SOCK_STREAM, "10.1.0.99", "fd00:1::99", 80);
  struct timeval patience = {.tv_sec = is_long, .tv_usec = 300000};
  setsockopt(attempt.socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  attempt_connect(&attempt, 0);
  attempt_close(&attempt, "gave up");
}

void run_shutdown(struct job *job) {
  bool is_blocking = job->is_blocking;
  job->is_blocking = false;
  struct attempt attempt;
  attempt_open(&attempt, job, "shutdown", SOCK_STREAM, "10.1.0.99", "fd00:1::99", 80);
  attempt_connect(&attempt, 1);
  shutdown(attempt.socket, SHUT_RDWR);
  job->is_blocking = is_blocking;
  attempt_close(&attempt, "gave up");
}

// There are two ports, and both are taken while this one connects.
void run_ports(struct job *job) {
  struct attempt held[2], attempt;
  for (int index = 0; index < 2; index++) {
    attempt_open(&held[index], job, "port-holder", SOCK_STREAM, "127.0.0.1", "::1",
                 target_port(job, ECHO));
    attempt_connect(&held[index], 5000);
  }
  attempt_open(&attempt, job, "ports", SOCK_STREAM, "127.0.0.1", "::1", target_port(job, ECHO));
  attempt_connect(&attempt, 5000);
  attempt_close(&attempt, "closed");
  for (int index = 0; index < 2; index++) {
    // With a reset, so that the ports are free again for the next ones.
    attempt_set_linger(held[index].socket);
    attempt_close(&held[index], "aborted");
  }
}

// In a namespace that is its own, in which loopback is down, or has just been raised.
void run_own_namespace(struct job *job) {
  if (unshare(CLONE_NEWNET) != 0) fail("unshare");
  bool is_up = next_random(&job->seed) % 2;
  if (is_up) {
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    if (ioctl(any, SIOCSIFFLAGS, &request) != 0) fail("SIOCSIFFLAGS");
    close(any);
  }
  attempt_once(job, is_up ? "own-loopback" : "own-namespace", "127.0.0.1", "::1",
               closed_port(job));
}

// In a namespace that it has only just moved to.
void run_moved(struct job *job) {
  world_enter(CLIENT);
  job->world = CLIENT;
  attempt_once(job, "moved", target_ipv4(job), target_ipv6(job), closed_port(job));
}

// connect(2) again on a socket that was refused: once it tells that it has failed, when it does
// not block, and then it is a new attempt.
void run_again(struct job *job) {
  struct attempt attempt;
  attempt_open(&attempt, job, "again", SOCK_STREAM, target_ipv4(job), target_ipv6(job),
               closed_port(job));
  attempt_connect(&attempt, 5000);
  attempt_log(&attempt);
  if (!job->is_blocking)
    connect(attempt.socket, (struct sockaddr *)&attempt.remote, sizeof attempt.remote);
  attempt.local_port = 0;
  attempt_connect(&attempt, 5000);
  attempt_close(&attempt, "closed");
}

// Calls that fail and are no attempts.
void run_innocent(struct job *job) {
  struct attempt attempt;
  attempt_open(&attempt, job, "innocent", SOCK_STREAM, target_ipv4(job), target_ipv6(job), 0);
  attempt.is_nothing = true;
  attempt.start = microseconds(CLOCK_REALTIME);
  attempt.began = microseconds(CLOCK_MONOTONIC);
  struct sockaddr_un missing = {.sun_family = AF_UNIX, .sun_path = "/nonexistent/socket"};
  int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(local, (struct sockaddr *)&missing, sizeof missing) != 0) attempt.told = errno;
  close(local);
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (connect(netlink, (struct sockaddr *)&kernel, sizeof kernel) != 0) attempt.later = errno;
  close(netlink);
  // Taken, and of another host.
  struct sockaddr_in taken = {.sin_family = AF_INET,
                              .sin_port = htons(plan->tcp[HOST][0][ECHO])};
  inet_pton(AF_INET, "127.0.0.1", &taken.sin_addr);
  int first = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bind(first, (struct sockaddr *)&taken, sizeof taken);
  inet_pton(AF_INET, "192.0.2.1", &taken.sin_addr);
  bind(first, (struct sockaddr *)&taken, sizeof taken);
  close(first);
  // A family that does not fit the socket, and a socket that was never connected.
  struct sockaddr_in6 other = {.sin6_family = AF_INET6};
  int third = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  connect(third, (struct sockaddr *)&other, sizeof other);
  shutdown(third, SHUT_RDWR);
  close(third);
  attempt_close(&attempt, "closed");
}
