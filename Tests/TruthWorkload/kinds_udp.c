// Datagrams.
#include "workload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const uint16_t CLOSED_PORT = 1;

static void exchange_once(struct attempt *attempt) {
  char bytes[] = "datagram";
  if (attempt_connect(attempt, 0) == 0 && attempt_send(attempt, bytes, sizeof bytes))
    attempt_receive(attempt, bytes, sizeof bytes);
}

static void open_datagrams(struct attempt *attempt, struct job *job, const char *class,
                           uint16_t port) {
  attempt_open(attempt, job, class, SOCK_DGRAM, target_ipv4(job), target_ipv6(job), port);
}

static uint16_t echo_port(struct job *job) {
  return plan->udp[job->world == CLIENT ? SERVER : job->world][job->family == IPV6];
}

void run_udp_success(struct job *job) {
  struct attempt attempt;
  open_datagrams(&attempt, job, "udp-success", echo_port(job));
  exchange_once(&attempt);
  attempt_close(&attempt, "closed");
}

// Kept open for so long that a look at the sockets finds it.
void run_udp_kept(struct job *job) {
  struct attempt attempt;
  open_datagrams(&attempt, job, "udp-kept", echo_port(job));
  exchange_once(&attempt);
  struct timespec time = {.tv_sec = 4};
  nanosleep(&time, NULL);
  attempt_close(&attempt, "closed");
}

void run_udp_refused(struct job *job) {
  struct attempt attempt;
  open_datagrams(&attempt, job, "udp-refused", CLOSED_PORT);
  exchange_once(&attempt);
  attempt_close(&attempt, "closed");
}

void run_udp_no_route(struct job *job) {
  struct attempt attempt;
  attempt_open(&attempt, job, "udp-no-route", SOCK_DGRAM, "172.31.0.1", "fd99::1", 53);
  attempt_connect(&attempt, 0);
  attempt_note_port(&attempt);
  attempt_close(&attempt, "closed");
}

static void send_unconnected(struct attempt *attempt) {
  attempt->start = microseconds(CLOCK_REALTIME);
  attempt->began = microseconds(CLOCK_MONOTONIC);
  socklen_t length = attempt->remote.ss_family == AF_INET ? sizeof(struct sockaddr_in)
                                                          : sizeof(struct sockaddr_in6);
  if (sendto(attempt->socket, "x", 1, 0, (struct sockaddr *)&attempt->remote, length) < 0)
    attempt->told = errno;
  attempt_note_port(attempt);
}

// Nobody tells a socket that is not connected that its datagram was rejected.
void run_udp_unseen(struct job *job) {
  struct attempt attempt;
  open_datagrams(&attempt, job, "udp-unseen", CLOSED_PORT);
  send_unconnected(&attempt);
  attempt_close(&attempt, "closed");
}

void run_udp_send_no_route(struct job *job) {
  struct attempt attempt;
  attempt_open(&attempt, job, "udp-send-no-route", SOCK_DGRAM, "172.31.0.1", "fd99::1", 53);
  send_unconnected(&attempt);
  attempt_close(&attempt, "closed");
}
