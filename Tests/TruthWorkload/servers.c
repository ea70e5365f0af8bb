// The processes that accept: each writes down its side of every connection.
#include "workload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *const class_names[SERVICES] = {
    "inbound", "inbound-reset", "inbound-reset-after", "inbound-hang-up", "inbound-unaccepted"};

static int listening_socket(enum world world, int is_ipv6, int type, uint16_t *port) {
  struct sockaddr_storage address = {0};
  socklen_t length = is_ipv6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  address.ss_family = is_ipv6 ? AF_INET6 : AF_INET;
  const char *local = world == SERVER ? (is_ipv6 ? "fd00:2::2" : "10.2.0.2")
                                      : (is_ipv6 ? "::1" : "127.0.0.1");
  if (is_ipv6) inet_pton(AF_INET6, local, &((struct sockaddr_in6 *)&address)->sin6_addr);
  else inet_pton(AF_INET, local, &((struct sockaddr_in *)&address)->sin_addr);
  int descriptor = socket(address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) fail("socket");
  // Where there are two ports only, the listener must not have one of them.
  ((struct sockaddr_in *)&address)->sin_port = htons(world == PORTS ? 7000 : 0);
  if (bind(descriptor, (struct sockaddr *)&address, length) != 0) fail("bind");
  if (type == SOCK_STREAM && listen(descriptor, 4096) != 0) fail("listen");
  getsockname(descriptor, (struct sockaddr *)&address, &length);
  *port = ntohs(((struct sockaddr_in *)&address)->sin_port);
  return descriptor;
}

// Returns whether the client had closed by then.
static bool answer(struct attempt *attempt) {
  struct request request;
  static char bytes[65536];
  if (attempt_receive(attempt, &request, sizeof request) < (ssize_t)sizeof request) return false;
  if (attempt_receive(attempt, bytes, request.extra) < 0) return false;
  if (!attempt_send(attempt, bytes, request.answer)) return false;
  return !request.server_closes && attempt_receive(attempt, bytes, 1) == 0;
}

static void serve(int listener, uint16_t port, enum service service, struct job *job) {
  struct attempt attempt = {
      .job = job, .class = class_names[service], .is_inbound = true, .protocol = IPPROTO_TCP};
  socklen_t length = sizeof attempt.remote;
  attempt.socket =
      accept4(listener, (struct sockaddr *)&attempt.remote, &length, SOCK_CLOEXEC);
  if (attempt.socket < 0) return;  // Another server took it.
  attempt.start = microseconds(CLOCK_REALTIME);
  attempt.began = microseconds(CLOCK_MONOTONIC);
  attempt.local_port = port;
  job->family = attempt.remote.ss_family == AF_INET ? IPV4 : IPV6;
  switch (service) {
    case RESET:
      attempt_set_linger(attempt.socket);
      attempt_close(&attempt, "aborted");
      return;
    case RESET_AFTER:
      answer(&attempt);
      attempt_set_linger(attempt.socket);
      attempt_close(&attempt, "aborted");
      return;
    case ECHO:
      attempt_close(&attempt, answer(&attempt) ? "closed last" : "closed");
      return;
    case LAZY: {
      char byte;
      attempt_receive(&attempt, &byte, 1);
      break;
    }
    default:
      break;
  }
  attempt_close(&attempt, "closed");
}

// Serves until nobody holds the other end of `stop` and all that waits is accepted.
static _Noreturn void run(enum world world, enum service service, const int listeners[2],
                          int stop) {
  struct job job = {.world = world, .mode = LONG, .is_blocking = true,
                    .born = microseconds(CLOCK_MONOTONIC)};
  struct timespec delay = {.tv_nsec = 50000000};
  struct pollfd waits[] = {{.fd = listeners[0], .events = POLLIN},
                           {.fd = listeners[1], .events = POLLIN},
                           {.fd = stop, .events = POLLIN}};
  for (;;) {
    if (poll(waits, 3, -1) < 0 && errno != EINTR) fail("poll");
    if (service == LAZY) nanosleep(&delay, NULL);
    for (int index = 0; index < 2; index++)
      if (waits[index].revents & POLLIN)
        serve(listeners[index], plan->tcp[world][index][service], service, &job);
    if (waits[2].revents && !(waits[0].revents & POLLIN) && !(waits[1].revents & POLLIN)) exit(0);
  }
}

static _Noreturn void run_datagrams(const int sockets[2], int stop) {
  struct pollfd waits[] = {{.fd = sockets[0], .events = POLLIN},
                           {.fd = sockets[1], .events = POLLIN},
                           {.fd = stop, .events = POLLIN}};
  for (;;) {
    if (poll(waits, 3, -1) < 0 && errno != EINTR) fail("poll");
    for (int index = 0; index < 2; index++) {
      char bytes[2048];
      struct sockaddr_storage from;
      socklen_t length = sizeof from;
      ssize_t count = recvfrom(sockets[index], bytes, sizeof bytes, MSG_DONTWAIT,
                               (struct sockaddr *)&from, &length);
      if (count > 0)
        sendto(sockets[index], bytes, (size_t)count, 0, (struct sockaddr *)&from, length);
    }
    if (waits[2].revents) exit(0);
  }
}

static bool begin_child(enum world world, const int stop[2]) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) return false;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  world_enter(world);
  close(stop[1]);
  return true;
}

static void start(enum world world, const int stop[2]) {
  world_enter(world);
  for (int service = ECHO; service < SERVICES; service++) {
    int listeners[2];
    for (int index = 0; index < 2; index++)
      listeners[index] =
          listening_socket(world, index, SOCK_STREAM, &plan->tcp[world][index][service]);
    // Several share the listeners of one, which is not the one that called listen(2).
    for (int count = service == ECHO ? 8 : service == RESET_AFTER ? 4 : 1; count > 0; count--)
      if (begin_child(world, stop)) run(world, service, listeners, stop[0]);
    close(listeners[0]);
    close(listeners[1]);
    if (world == PORTS) return;
  }
  int sockets[2];
  for (int index = 0; index < 2; index++)
    sockets[index] = listening_socket(world, index, SOCK_DGRAM, &plan->udp[world][index]);
  if (begin_child(world, stop)) run_datagrams(sockets, stop[0]);
  close(sockets[0]);
  close(sockets[1]);
}

void servers_start(const int stop[2]) {
  start(HOST, stop);
  start(SERVER, stop);
  start(PORTS, stop);
  world_enter(HOST);
}
