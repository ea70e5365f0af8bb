// One attempt: made, followed, and written down as one line of JSON.
#include "workload.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *const family_names[] = {"ipv4", "ipv6", "mapped"};
static const char *const mode_names[] = {"fork", "exec", "thread", "long"};

_Noreturn void fail(const char *operation) {
  perror(operation);
  exit(1);
}

int64_t microseconds(int clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

// splitmix64
uint64_t next_random(uint64_t *seed) {
  uint64_t value = *seed += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

static socklen_t make_address(struct sockaddr_storage *address, enum family family,
                              const char *ipv4, const char *ipv6, uint16_t port) {
  memset(address, 0, sizeof *address);
  if (family == IPV4) {
    struct sockaddr_in *in = (struct sockaddr_in *)address;
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    if (inet_pton(AF_INET, ipv4, &in->sin_addr) != 1) fail(ipv4);
    return sizeof *in;
  }
  struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
  in6->sin6_family = AF_INET6;
  in6->sin6_port = htons(port);
  char mapped[64];
  snprintf(mapped, sizeof mapped, "::ffff:%s", ipv4);
  const char *text = family == MAPPED ? mapped : ipv6;
  if (inet_pton(AF_INET6, text, &in6->sin6_addr) != 1) fail(text);
  return sizeof *in6;
}

const char *target_ipv4(const struct job *job) {
  return job->world == CLIENT ? "10.2.0.2" : "127.0.0.1";
}

const char *target_ipv6(const struct job *job) {
  return job->world == CLIENT ? "fd00:2::2" : "::1";
}

uint16_t target_port(const struct job *job, enum service service) {
  enum world world = job->world == CLIENT ? SERVER : job->world;
  return plan->tcp[world][job->family == IPV6][service];
}

void attempt_open(struct attempt *attempt, struct job *job, const char *class, int type,
                  const char *ipv4, const char *ipv6, uint16_t port) {
  memset(attempt, 0, sizeof *attempt);
  attempt->job = job;
  attempt->class = class;
  attempt->protocol = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
  make_address(&attempt->remote, job->family, ipv4, ipv6, port);
  int flags = SOCK_CLOEXEC | (job->is_blocking ? 0 : SOCK_NONBLOCK);
  attempt->socket = socket(attempt->remote.ss_family, type | flags, 0);
  if (attempt->socket < 0) fail("socket");
}

void attempt_note_port(struct attempt *attempt) {
  struct sockaddr_storage local;
  socklen_t length = sizeof local;
  if (getsockname(attempt->socket, (struct sockaddr *)&local, &length) != 0) return;
  // The port is at the same place for both families.
  attempt->local_port = ntohs(((struct sockaddr_in *)&local)->sin_port);
}

// Connects, and waits so many milliseconds if the socket does not block. Returns `told`.
int attempt_connect(struct attempt *attempt, int patience) {
  socklen_t length = attempt->remote.ss_family == AF_INET ? sizeof(struct sockaddr_in)
                                                          : sizeof(struct sockaddr_in6);
  attempt->start = microseconds(CLOCK_REALTIME);
  attempt->began = microseconds(CLOCK_MONOTONIC);
  int result = connect(attempt->socket, (struct sockaddr *)&attempt->remote, length);
  int error = result == 0 ? 0 : errno;
  if (error == 0 || error == EINPROGRESS) attempt_note_port(attempt);
  if (error == EINPROGRESS) {
    struct pollfd wait = {.fd = attempt->socket, .events = POLLOUT};
    // A socket that blocks says this when its SO_SNDTIMEO is over.
    if (attempt->job->is_blocking || poll(&wait, 1, patience) == 0) {
      error = TOLD_NOTHING;
    } else {
      socklen_t size = sizeof error;
      getsockopt(attempt->socket, SOL_SOCKET, SO_ERROR, &error, &size);
    }
  }
  attempt->told = error;
  return error;
}

void attempt_set_linger(int socket) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

// Waits five seconds at most, so that no peer can hold up another attempt for long.
static bool wait_for(struct attempt *attempt, short events) {
  struct pollfd wait = {.fd = attempt->socket, .events = events};
  if (poll(&wait, 1, 5000) > 0) return true;
  attempt->later = EAGAIN;
  return false;
}

bool attempt_send(struct attempt *attempt, const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    if (!wait_for(attempt, POLLOUT)) return false;
    ssize_t sent = send(attempt->socket, next, count, MSG_NOSIGNAL);
    if (sent < 0) {
      attempt->later = errno;
      return false;
    }
    attempt->sent += (size_t)sent;
    next += sent;
    count -= (size_t)sent;
  }
  return true;
}

// Reads until there are so many bytes or no more come. Returns how many, or -1.
ssize_t attempt_receive(struct attempt *attempt, void *bytes, size_t count) {
  size_t received = 0;
  while (received < count) {
    if (!wait_for(attempt, POLLIN)) return -1;
    ssize_t part = recv(attempt->socket, (char *)bytes + received, count - received, 0);
    if (part < 0) {
      attempt->later = errno;
      return -1;
    }
    if (part == 0) break;
    received += (size_t)part;
    attempt->received += (size_t)part;
  }
  return (ssize_t)received;
}

void attempt_close(struct attempt *attempt, const char *end) {
  attempt->end = end;
  close(attempt->socket);
  attempt_log(attempt);
}

static void remote_text(const struct attempt *attempt, char *text, size_t size) {
  char address[INET6_ADDRSTRLEN];
  if (attempt->remote.ss_family == AF_INET) {
    const struct sockaddr_in *in = (const struct sockaddr_in *)&attempt->remote;
    inet_ntop(AF_INET, &in->sin_addr, address, sizeof address);
    snprintf(text, size, "%s:%d", address, ntohs(in->sin_port));
    return;
  }
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&attempt->remote;
  if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
    inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], address, sizeof address);
    snprintf(text, size, "%s:%d", address, ntohs(in6->sin6_port));
  } else {
    inet_ntop(AF_INET6, &in6->sin6_addr, address, sizeof address);
    snprintf(text, size, "[%s]:%d", address, ntohs(in6->sin6_port));
  }
}

static void read_text(const char *path, char *text, size_t size) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, text, size - 1);
  if (file >= 0) close(file);
  text[length > 0 ? length : 0] = 0;
  text[strcspn(text, "\n")] = 0;
}

// One write(2) to a file opened with O_APPEND: lines of different processes do not mix, and those
// written before a crash are there.
void attempt_log(struct attempt *attempt) {
  struct job *job = attempt->job;
  int64_t now = microseconds(CLOCK_MONOTONIC);
  char path[256] = "", name[32], remote[80], line[1024];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  read_text("/proc/self/comm", name, sizeof name);
  struct stat space = {0};
  stat("/proc/thread-self/ns/net", &space);
  remote_text(attempt, remote, sizeof remote);
  int size = snprintf(
      line, sizeof line,
      "{\"class\":\"%s\",\"is_inbound\":%s,\"is_nothing\":%s,\"mode\":\"%s\",\"pid\":%d,"
      "\"tid\":%d,\"path\":\"%s\",\"name\":\"%s\",\"netns\":%llu,\"protocol\":\"%s\","
      "\"family\":\"%s\",\"is_blocking\":%s,\"local_port\":%u,\"remote\":\"%s\",\"told\":%d,"
      "\"later\":%d,\"end\":\"%s\",\"sent\":%llu,\"received\":%llu,\"start\":%lld,"
      "\"elapsed\":%lld,\"age\":%lld}\n",
      attempt->class, attempt->is_inbound ? "true" : "false",
      attempt->is_nothing ? "true" : "false", mode_names[job->mode], getpid(),
      (int)syscall(SYS_gettid), path, name, (unsigned long long)space.st_ino,
      attempt->protocol == IPPROTO_TCP ? "tcp" : "udp", family_names[job->family],
      job->is_blocking ? "true" : "false", attempt->local_port, remote, attempt->told,
      attempt->later, attempt->end ? attempt->end : "", (unsigned long long)attempt->sent,
      (unsigned long long)attempt->received, (long long)attempt->start,
      (long long)(now - attempt->began), (long long)(now - job->born));
  if (write(LOG_FD, line, (size_t)size) != size) fail("log");
}
