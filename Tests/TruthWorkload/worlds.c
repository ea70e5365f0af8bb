// Network namespaces of the workload's own: client - router - server in a row, and one in which
// there are hardly any ports. They end with the last process in them.
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

void world_enter(enum world world) {
  if (setns(plan->namespaces[world], CLONE_NEWNET) != 0) fail("setns");
}

// Has ip(8) carry out its commands in a namespace.
static void configure(enum world world, const char *commands) {
  int input[2];
  if (pipe2(input, O_CLOEXEC) != 0) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    world_enter(world);
    dup2(input[0], STDIN_FILENO);
    execlp("ip", "ip", "-batch", "-", (char *)NULL);
    fail("ip");
  }
  close(input[0]);
  size_t length = strlen(commands);
  if (write(input[1], commands, length) != (ssize_t)length) fail("ip");
  close(input[1]);
  int status;
  if (waitpid(child, &status, 0) < 0 || status != 0) {
    fprintf(stderr, "ip failed on:\n%s", commands);
    exit(1);
  }
}

// What an older kernel does not have stays as it is.
static void set(const char *path, const char *value) {
  char full[256];
  snprintf(full, sizeof full, "/proc/sys/net/%s", path);
  int file = open(full, O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, value, strlen(value)) < 0) fprintf(stderr, "%s: %s\n", full, strerror(errno));
  close(file);
}

static void make(enum world world) {
  if (unshare(CLONE_NEWNET) != 0) fail("unshare");
  int space = open("/proc/thread-self/ns/net", O_RDONLY);
  if (space < 0) fail("/proc/thread-self/ns/net");
  plan->namespaces[world] = space;
  // Every rejection is sent, so that each attempt shows what it is about.
  set("ipv4/icmp_ratelimit", "0");
  set("ipv4/icmp_msgs_per_sec", "100000");
  set("ipv4/icmp_msgs_burst", "100000");
  set("ipv6/icmp/ratelimit", "0");
  // Addresses are of use at once.
  set("ipv6/conf/all/accept_dad", "0");
  set("ipv6/conf/default/accept_dad", "0");
  if (world == ROUTER) {
    set("ipv4/ip_forward", "1");
    set("ipv6/conf/all/forwarding", "1");
  }
  if (world == PORTS) set("ipv4/ip_local_port_range", "40000 40001");
  configure(world, "link set lo up\n");
}

static void connect_worlds(enum world near, const char *near_link, enum world far,
                           const char *far_link) {
  char commands[256];
  snprintf(commands, sizeof commands,
           "link add %s type veth peer name %s\nlink set %s netns /proc/%d/fd/%d\n", near_link,
           far_link, far_link, getpid(), plan->namespaces[far]);
  configure(near, commands);
}

void worlds_make(void) {
  plan->namespaces[HOST] = open("/proc/thread-self/ns/net", O_RDONLY);
  for (int world = CLIENT; world < WORLDS; world++) make(world);
  world_enter(HOST);
  connect_worlds(CLIENT, "c0", ROUTER, "r0");
  connect_worlds(ROUTER, "r1", SERVER, "s0");
  configure(ROUTER,
            "address add 10.1.0.1/16 dev r0\n"
            "address add fd00:1::1/64 dev r0 nodad\n"
            "address add 10.2.0.1/24 dev r1\n"
            "address add fd00:2::1/64 dev r1 nodad\n"
            "link set r0 up\n"
            "link set r1 up\n"
            "route add unreachable 10.9.1.0/24\n"
            "route add prohibit 10.9.2.0/24\n"
            "route add unreachable fd00:9:1::/48\n"
            "route add prohibit fd00:9:2::/48\n");
  configure(SERVER,
            "address add 10.2.0.2/24 dev s0\n"
            "address add fd00:2::2/64 dev s0 nodad\n"
            "link set s0 up\n"
            "route add default via 10.2.0.1\n"
            "route add default via fd00:2::1\n");
  // Nobody has the hardware address of 10.1.0.99: what is sent there vanishes. Nobody answers for
  // 10.1.0.77.
  configure(CLIENT,
            "address add 10.1.0.2/16 dev c0\n"
            "address add fd00:1::2/64 dev c0 nodad\n"
            "link set c0 up\n"
            "route add 10.2.0.0/24 via 10.1.0.1\n"
            "route add 10.9.0.0/16 via 10.1.0.1\n"
            "route add fd00:2::/64 via fd00:1::1\n"
            "route add fd00:9::/32 via fd00:1::1\n"
            "route add unreachable 10.8.1.0/24\n"
            "route add prohibit 10.8.2.0/24\n"
            "route add blackhole 10.8.3.0/24\n"
            "route add unreachable fd00:8:1::/48\n"
            "route add prohibit fd00:8:2::/48\n"
            "route add blackhole fd00:8:3::/48\n"
            "neighbour add 10.1.0.99 lladdr 02:00:00:00:00:99 dev c0 nud permanent\n"
            "neighbour add fd00:1::99 lladdr 02:00:00:00:00:99 dev c0 nud permanent\n");
  char *sources = NULL;
  size_t size;
  FILE *commands = open_memstream(&sources, &size);
  for (int index = 0; index < SOURCES; index++)
    fprintf(commands, "address add 10.1.1.%d/32 dev c0\n", index);
  fclose(commands);
  configure(CLIENT, sources);
  free(sources);
}
