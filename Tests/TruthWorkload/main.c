// truth-workload: makes network attempts of all kinds in network namespaces of its own and on
// loopback, and writes down what really happened to each.
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct plan *plan;

static const char usage[] =
    "usage: truth-workload --directory DIR --log FILE [--attempts N] [--rate N] [--seed N]\n"
    "                      [--classes NAME,...] [--limit SECONDS] | --list\n"
    "Makes N attempts, RATE each second (0: as many as there can be), and writes a line of JSON\n"
    "for each. Copies of this program are put into DIR. It takes root.\n";

static void map_plan(void) {
  plan = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, PLAN_FD, 0);
  if (plan == MAP_FAILED) fail("mmap");
}

static void make_plan(const char *directory) {
  int file = memfd_create("plan", 0);
  if (file < 0 || dup2(file, PLAN_FD) < 0 || ftruncate(PLAN_FD, sizeof *plan) != 0) fail("plan");
  close(file);
  map_plan();
  static const char *const names[LINKS] = {"truth-alpha", "truth-beta", "truth-gamma",
                                           "truth with space"};
  for (int index = 0; index < LINKS; index++) {
    char command[1024], own[256] = "";
    if (readlink("/proc/self/exe", own, sizeof own - 1) < 0) fail("/proc/self/exe");
    snprintf(plan->links[index], sizeof plan->links[index], "%s/%s", directory, names[index]);
    snprintf(command, sizeof command, "cp -- '%s' '%s'", own, plan->links[index]);
    if (system(command) != 0) fail(command);
  }
}

static void run_world(enum world world, struct schedule schedule, int percent) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  schedule.attempts = schedule.attempts * percent / 100;
  schedule.rate = (schedule.rate * percent + 99) / 100;
  launch(world, &schedule);
  exit(0);
}

static void list(void) {
  for (int index = 0; index < kind_count; index++) puts(kinds[index].name);
}

int main(int count, char **arguments) {
  signal(SIGPIPE, SIG_IGN);
  if (count > 2 && strcmp(arguments[1], "--run") == 0) {
    map_plan();
    run_jobs(count - 2, arguments + 2);
  }
  static const struct option options[] = {
      {"directory", required_argument, NULL, 'd'}, {"log", required_argument, NULL, 'l'},
      {"attempts", required_argument, NULL, 'a'},  {"rate", required_argument, NULL, 'r'},
      {"seed", required_argument, NULL, 's'},      {"classes", required_argument, NULL, 'c'},
      {"limit", required_argument, NULL, 't'},     {"list", no_argument, NULL, 'L'},
      {0}};
  struct schedule schedule = {.seed = 1, .attempts = 1000, .rate = 500};
  const char *directory = NULL, *log = NULL;
  unsigned limit = 300;
  static char classes[4096];
  for (int option; (option = getopt_long(count, arguments, "", options, NULL)) != -1;) {
    switch (option) {
      case 'd': directory = optarg; break;
      case 'l': log = optarg; break;
      case 'a': schedule.attempts = atol(optarg); break;
      case 'r': schedule.rate = atol(optarg); break;
      case 's': schedule.seed = strtoull(optarg, NULL, 10); break;
      case 't': limit = (unsigned)atoi(optarg); break;
      case 'c':
        snprintf(classes, sizeof classes, ",%s,", optarg);
        schedule.classes = classes;
        break;
      case 'L': list(); return 0;
      default: fputs(usage, stderr); return 2;
    }
  }
  if (directory == NULL || log == NULL || optind != count) {
    fputs(usage, stderr);
    return 2;
  }
  // Whatever happens, it ends, and all its processes with it.
  alarm(limit);
  struct rlimit files = {.rlim_cur = 65536, .rlim_max = 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0 || dup2(file, LOG_FD) < 0) fail(log);
  close(file);
  make_plan(directory);
  worlds_make();
  int stop[2];
  if (pipe2(stop, O_CLOEXEC) != 0) fail("pipe");
  servers_start(stop);
  close(stop[0]);
  fflush(NULL);
  run_world(HOST, schedule, 50);
  run_world(CLIENT, schedule, 46);
  run_world(PORTS, schedule, 4);
  // Wait for the three, not for the servers, which go on until they hang up.
  for (int worlds = 3; worlds > 0;) {
    int status;
    pid_t child = wait(&status);
    if (child < 0 && errno != EINTR) fail("wait");
    if (child > 0) {
      if (status != 0) {
        fprintf(stderr, "process %d ended with status %d\n", child, status);
        return 1;
      }
      worlds--;
    }
  }
  close(stop[1]);
  while (wait(NULL) > 0 || errno == EINTR) {}
  return 0;
}
