// Processes with given names and paths, each with one connection to a listener on loopback.
//
//   hostile-names FILE
//
// FILE has a line for each process: its name in hexadecimal, a blank, and the path to run from, also
// in hexadecimal, or nothing. A path is made, with its directories, as a link to this program.
// Prints the listener's port, then the pid of each process once it is connected, in that order. All
// of them end when standard input does.

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what) {
  fprintf(stderr, "hostile-names: %s: %s\n", what, strerror(errno));
  exit(1);
}

/// The bytes of hexadecimal digits up to the first other character.
static void unhex(const char *digits, char *bytes, size_t size) {
  size_t count = 0;
  for (; count + 1 < size && isxdigit(digits[0]) && isxdigit(digits[1]); digits += 2) {
    char pair[] = {digits[0], digits[1], 0};
    bytes[count++] = strtoul(pair, NULL, 16);
  }
  bytes[count] = 0;
}

static struct sockaddr_in loopback(unsigned short port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// What each process does: takes its name, connects, and waits for its end.
static void live(const char *name_digits, unsigned short port) {
  char name[16];
  unhex(name_digits, name, sizeof name);
  if (prctl(PR_SET_NAME, name) != 0) fail("PR_SET_NAME");
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in server = loopback(port);
  if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) != 0) fail("connect");
  for (;;) pause();
}

/// Makes a link to `program`, and the directories that it needs.
static void make_link(const char *program, char *path) {
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = 0;
    if (mkdir(path, 0755) != 0 && errno != EEXIST) fail("mkdir");
    *slash = '/';
  }
  if (link(program, path) != 0 && errno != EEXIST) fail("link");
}

static pid_t start(const char *program, const char *line, unsigned short port, pid_t parent) {
  static char path[PATH_MAX];
  char number[8];
  pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) exit(1);
  const char *blank = strchr(line, ' ');
  unhex(blank ? blank + 1 : "", path, sizeof path);
  if (path[0] != '/') live(line, port);
  make_link(program, path);
  snprintf(number, sizeof number, "%u", port);
  execl(path, path, "--as", line, number, NULL);
  fail("exec");
  return -1;
}

/// Interrupts what waits for a process that ended early.
static void note_end(int signal) { (void)signal; }

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "--as") == 0) live(argv[2], atoi(argv[3]));
  if (argc != 2) {
    fprintf(stderr, "usage: hostile-names FILE\n");
    return 2;
  }
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 ||
      listen(listener, 16) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) != 0)
    fail("listen");
  struct sigaction action = {.sa_handler = note_end};
  sigaction(SIGCHLD, &action, NULL);
  FILE *lines = fopen(argv[1], "re");
  if (!lines) fail(argv[1]);
  unsigned short port = ntohs(address.sin_port);
  printf("%u\n", port);
  static char line[64 + 2 * PATH_MAX];
  pid_t self = getpid();
  while (fgets(line, sizeof line, lines)) {
    pid_t pid = start(argv[0], line, port, self);
    if (pid < 0) fail("fork");
    if (accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0) fail("accept");
    printf("%d\n", pid);
    fflush(stdout);
  }
  while (getchar() != EOF) continue;
  return 0;
}
