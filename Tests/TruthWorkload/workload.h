// What the files of the workload have in common: a program that makes network attempts of many
// kinds and writes down what really happened to each.
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The network namespaces. Attempts are made in those up to PORTS.
enum world { HOST, CLIENT, PORTS, ROUTER, SERVER, WORLDS };
enum family { IPV4, IPV6, MAPPED, FAMILIES };

// Each kind of process that makes attempts.
enum mode { FORK, EXEC, THREAD, LONG, MODES };

// What a server does with a connection.
enum service {
  ECHO,         // reads the request, answers, and closes
  RESET,        // resets at once
  RESET_AFTER,  // resets after an answer
  HANG_UP,      // closes at once
  LAZY,         // accepts later than the client's patience lasts
  SERVICES
};

enum { LINKS = 4, MAXIMUM_JOBS = 4 };

// Shared by all processes, also those that execute this program anew: a mapping of PLAN_FD.
struct plan {
  char links[LINKS][256];
  int namespaces[WORLDS];
  // By world, IPv4 and IPv6, and service. UDP has ECHO only.
  uint16_t tcp[WORLDS][2][SERVICES];
  uint16_t udp[WORLDS][2];
};

enum { LOG_FD = 200, PLAN_FD = 201 };
extern struct plan *plan;

struct job {
  int kind;
  enum world world;
  enum family family;
  enum mode mode;
  bool is_blocking;
  uint64_t seed;
  // When the process began, in microseconds of CLOCK_MONOTONIC.
  int64_t born;
};

struct kind {
  const char *name;
  void (*run)(struct job *job);
  unsigned worlds;
  unsigned families;
  // How often it is chosen, against the others of its world.
  int weight;
  // It takes seconds: it gets a process of its own, and few run at a time.
  bool is_slow;
};
extern const struct kind kinds[];
extern const int kind_count;

// kinds_*.c
void run_success(struct job *), run_refused(struct job *), run_bound(struct job *);
void run_reset(struct job *), run_reset_after(struct job *), run_pipe(struct job *);
void run_abort(struct job *), run_unaccepted(struct job *), run_orphan(struct job *);
void run_no_route(struct job *), run_unreachable(struct job *), run_prohibited(struct job *);
void run_black_hole(struct job *), run_far_unreachable(struct job *);
void run_far_prohibited(struct job *), run_far_no_route(struct job *);
void run_neighbour(struct job *), run_timeout(struct job *), run_abandoned(struct job *);
void run_abandoned_late(struct job *), run_send_timeout(struct job *), run_ports(struct job *);
void run_own_namespace(struct job *), run_moved(struct job *), run_shutdown(struct job *);
void run_udp_success(struct job *), run_udp_refused(struct job *), run_udp_no_route(struct job *);
void run_udp_unseen(struct job *), run_udp_send_no_route(struct job *), run_udp_kept(struct job *);
void run_eyeballs(struct job *), run_twice(struct job *), run_again(struct job *);
void run_disconnect(struct job *), run_innocent(struct job *), run_handed_over(struct job *);

// attempt.c
enum { TOLD_NOTHING = -1 };
struct attempt {
  struct job *job;
  const char *class;
  bool is_inbound;
  // No record must come of it.
  bool is_nothing;
  int protocol;
  int socket;
  struct sockaddr_storage remote;
  uint16_t local_port;
  // What connect(2), SO_ERROR or sendto(2) said: an errno, 0, or TOLD_NOTHING.
  int told;
  // The errno of what followed; 0 when all went well.
  int later;
  // How the application ended it.
  const char *end;
  uint64_t sent, received;
  // Microseconds since 1970, and on CLOCK_MONOTONIC.
  int64_t start, began;
};
void attempt_open(struct attempt *, struct job *, const char *class, int type, const char *ipv4,
                  const char *ipv6, uint16_t port);
int attempt_connect(struct attempt *, int patience);
void attempt_note_port(struct attempt *);
void attempt_set_linger(int socket);
bool attempt_send(struct attempt *, const void *bytes, size_t count);
ssize_t attempt_receive(struct attempt *, void *bytes, size_t count);
void attempt_close(struct attempt *, const char *end);
void attempt_log(struct attempt *);
const char *target_ipv4(const struct job *), *target_ipv6(const struct job *);
uint16_t target_port(const struct job *, enum service);
int64_t microseconds(int clock);
uint64_t next_random(uint64_t *seed);
_Noreturn void fail(const char *operation);

// The first bytes of a request to ECHO and RESET_AFTER.
struct request {
  uint16_t answer;
  uint16_t extra;
  uint8_t server_closes;
} __attribute__((packed));

// worlds.c
// The client has so many addresses more, from this one on.
enum { FIRST_SOURCE = 10 << 24 | 1 << 16 | 1 << 8, SOURCES = 256 };
void worlds_make(void);
void world_enter(enum world);

// servers.c
// They run until nobody else holds the writing end of this pipe.
void servers_start(const int stop[2]);

// launcher.c
struct schedule {
  uint64_t seed;
  long attempts;
  // Per second; 0 is as many as there can be.
  long rate;
  // Names with commas around each, or NULL for all.
  const char *classes;
};
void launch(enum world, const struct schedule *);
_Noreturn void run_jobs(int count, char **arguments);
