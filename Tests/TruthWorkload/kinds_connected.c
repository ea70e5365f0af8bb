// Attempts that find somebody: connections, and how they end.
#include "workload.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_to(struct attempt *attempt, struct job *job, const char *class,
                   enum service service) {
  attempt_open(attempt, job, class, SOCK_STREAM, target_ipv4(job), target_ipv6(job),
               target_port(job, service));
  return attempt_connect(attempt, 5000);
}

// Sends a request and reads the answer. Returns whether all of it came.
static bool exchange(struct attempt *attempt, bool server_closes) {
  char bytes[8192];
  struct request request = {
      .answer = (uint16_t)(next_random(&attempt->job->seed) % sizeof bytes),
      .extra = (uint16_t)(next_random(&attempt->job->seed) % (sizeof bytes - sizeof request)),
      .server_closes = server_closes};
  memset(bytes, 'x', sizeof bytes);
  memcpy(bytes, &request, sizeof request);
  return attempt_send(attempt, bytes, sizeof request + request.extra) &&
         attempt_receive(attempt, bytes, request.answer) == request.answer &&
         (!server_closes || attempt_receive(attempt, bytes, 1) == 0);
}

void run_success(struct job *job) {
  struct attempt attempt;
  bool server_closes = next_random(&job->seed) % 2;
  if (open_to(&attempt, job, "success", ECHO) == 0) exchange(&attempt, server_closes);
  attempt_close(&attempt, server_closes ? "closed last" : "closed");
}

// The peer resets before it has sent anything.
void run_reset(struct job *job) {
  struct attempt attempt;
  char byte;
  if (open_to(&attempt, job, "reset", RESET) == 0) attempt_receive(&attempt, &byte, 1);
  attempt_close(&attempt, "closed");
}

void run_reset_after(struct job *job) {
  struct attempt attempt;
  char byte;
  if (open_to(&attempt, job, "reset-after", RESET_AFTER) == 0 && exchange(&attempt, true))
    attempt_receive(&attempt, &byte, 1);
  attempt_close(&attempt, "closed");
}

// Writes to a peer that has closed, and once more when its reset has come.
void run_pipe(struct job *job) {
  struct attempt attempt;
  char byte = 0;
  if (open_to(&attempt, job, "pipe", HANG_UP) == 0 && attempt_receive(&attempt, &byte, 1) == 0 &&
      attempt_send(&attempt, &byte, 1)) {
    struct pollfd wait = {.fd = attempt.socket};
    poll(&wait, 1, 1000);  // POLLERR and POLLHUP
    attempt_send(&attempt, &byte, 1);
  }
  attempt_close(&attempt, "closed");
}

// Cuts a connection short: with a reset, after some data.
void run_abort(struct job *job) {
  struct attempt attempt;
  if (open_to(&attempt, job, "abort", ECHO) == 0) {
    exchange(&attempt, false);
    attempt_set_linger(attempt.socket);
  }
  attempt_close(&attempt, "aborted");
}

// The same before the server has accepted.
void run_unaccepted(struct job *job) {
  struct attempt attempt;
  if (open_to(&attempt, job, "unaccepted", LAZY) == 0) attempt_set_linger(attempt.socket);
  attempt_close(&attempt, "aborted");
}

// A listener is closed before it has accepted.
void run_orphan(struct job *job) {
  struct attempt attempt, child = {.job = job, .class = "orphan-child", .is_inbound = true,
                                   .protocol = IPPROTO_TCP, .end = "aborted"};
  attempt_open(&attempt, job, "orphan", SOCK_STREAM, target_ipv4(job), target_ipv6(job), 0);
  int listener = socket(attempt.remote.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t length = sizeof attempt.remote;
  if (bind(listener, (struct sockaddr *)&attempt.remote, length) != 0 && errno == EINVAL) {
    // AF_INET wants its own length.
    length = sizeof(struct sockaddr_in);
    if (bind(listener, (struct sockaddr *)&attempt.remote, length) != 0) fail("bind");
  }
  if (listen(listener, 1) != 0) fail("listen");
  getsockname(listener, (struct sockaddr *)&attempt.remote, &length);
  if (attempt_connect(&attempt, 5000) == 0) {
    child.start = attempt.start;
    child.began = attempt.began;
    child.local_port = ntohs(((struct sockaddr_in *)&attempt.remote)->sin_port);
    child.remote = attempt.remote;
    ((struct sockaddr_in *)&child.remote)->sin_port = htons(attempt.local_port);
    close(listener);
    char byte;
    attempt_receive(&attempt, &byte, 1);
    attempt_log(&child);
  } else {
    close(listener);
  }
  attempt_close(&attempt, "closed");
}

// One process connects and another one, which inherits the socket, uses and closes it.
void run_handed_over(struct job *job) {
  struct attempt attempt;
  if (open_to(&attempt, job, "handed-over", ECHO) != 0) {
    attempt_close(&attempt, "closed");
    return;
  }
  attempt_log(&attempt);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    exchange(&attempt, false);
    close(attempt.socket);
    _exit(0);
  }
  close(attempt.socket);
  // A pool has no other children; a process with one job ends only after them.
  waitpid(child, NULL, 0);
}

// connect(2) on a connected socket: EISCONN.
void run_twice(struct job *job) {
  struct attempt attempt;
  if (open_to(&attempt, job, "twice", ECHO) == 0) {
    connect(attempt.socket, (struct sockaddr *)&attempt.remote, sizeof attempt.remote);
    exchange(&attempt, false);
  }
  attempt_close(&attempt, "closed");
}

// Disconnects with AF_UNSPEC, and connects the same socket to the same end again.
void run_disconnect(struct job *job) {
  struct attempt attempt;
  if (open_to(&attempt, job, "disconnect", ECHO) != 0) {
    attempt_close(&attempt, "closed");
    return;
  }
  struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
  connect(attempt.socket, &nowhere, sizeof nowhere);
  attempt.end = "aborted";
  attempt_log(&attempt);
  attempt.class = "reconnect";
  attempt.local_port = 0;
  if (attempt_connect(&attempt, 5000) == 0) exchange(&attempt, false);
  attempt_close(&attempt, "closed");
}

// Happy Eyeballs (RFC 8305): of two attempts the slower one is closed when the other is through.
void run_eyeballs(struct job *job) {
  struct attempt loser, winner;
  bool is_blocking = job->is_blocking;
  job->is_blocking = false;
  uint16_t port = target_port(job, ECHO);
  attempt_open(&loser, job, "loser", SOCK_STREAM, "10.1.0.99", "fd00:1::99", port);
  attempt_connect(&loser, 2);
  attempt_open(&winner, job, "winner", SOCK_STREAM, target_ipv4(job), target_ipv6(job), port);
  int told = attempt_connect(&winner, 5000);
  attempt_close(&loser, "lost");
  if (told == 0) exchange(&winner, false);
  attempt_close(&winner, "closed");
  job->is_blocking = is_blocking;
}
