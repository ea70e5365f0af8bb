// Makes the attempts of one network namespace at their times, by processes of all kinds.
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAXIMUM_CHILDREN = 384, MAXIMUM_SLOW = 192, POOLS = 2 };

static void run_job(struct job *job) { kinds[job->kind].run(job); }

// Many short jobs in one process: by a thread each, or by the process itself.
static void *run_in_thread(void *argument) {
  pthread_setname_np(pthread_self(), "not-the-process");
  run_job(argument);
  free(argument);
  return NULL;
}

static void run_pool(int input) {
  // A process may call itself something else than its executable.
  prctl(PR_SET_NAME, "truth-pool");
  int64_t born = microseconds(CLOCK_MONOTONIC);
  struct job job;
  while (read(input, &job, sizeof job) == sizeof job) {
    job.born = born;
    if (job.mode == LONG) {
      run_job(&job);
      continue;
    }
    struct job *copy = malloc(sizeof job);
    *copy = job;
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_in_thread, copy) != 0) fail("pthread_create");
    pthread_join(thread, NULL);
  }
}

static void execute(const struct job *jobs, int count) {
  const char *link = plan->links[jobs[0].seed % LINKS];
  char texts[MAXIMUM_JOBS][96];
  char *arguments[MAXIMUM_JOBS + 3] = {(char *)link, "--run"};
  for (int index = 0; index < count; index++) {
    const struct job *job = &jobs[index];
    snprintf(texts[index], sizeof texts[index], "%d:%d:%d:%d:%llu:%lld", job->kind, job->world,
             job->family, job->is_blocking, (unsigned long long)job->seed, (long long)job->born);
    arguments[index + 2] = texts[index];
  }
  execv(link, arguments);
  fail(link);
}

_Noreturn void run_jobs(int count, char **arguments) {
  for (int index = 0; index < count; index++) {
    struct job job = {.mode = EXEC};
    int world, family, is_blocking;
    unsigned long long seed;
    long long born;
    if (sscanf(arguments[index], "%d:%d:%d:%d:%llu:%lld", &job.kind, &world, &family, &is_blocking,
               &seed, &born) != 6)
      exit(2);
    job.world = (enum world)world;
    job.family = (enum family)family;
    job.is_blocking = is_blocking;
    job.seed = seed;
    job.born = born;
    run_job(&job);
  }
  _exit(0);
}

static void start_process(struct job *jobs, int count) {
  int64_t born = microseconds(CLOCK_MONOTONIC);
  for (int index = 0; index < count; index++) jobs[index].born = born;
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (jobs[0].mode == EXEC) execute(jobs, count);
  for (int index = 0; index < count; index++) run_job(&jobs[index]);
  _exit(0);
}

static bool is_chosen(const struct kind *kind, enum world world, const char *classes) {
  if (!(kind->worlds & 1u << world)) return false;
  char name[64];
  snprintf(name, sizeof name, ",%s,", kind->name);
  return classes == NULL || strstr(classes, name) != NULL;
}

static struct job choose(enum world world, const char *classes, bool may_be_slow,
                         uint64_t *seed) {
  int sum = 0;
  for (int index = 0; index < kind_count; index++)
    if (is_chosen(&kinds[index], world, classes) && (may_be_slow || !kinds[index].is_slow))
      sum += kinds[index].weight;
  struct job job = {.kind = -1, .world = world};
  if (sum == 0) return job;
  int rest = (int)(next_random(seed) % (unsigned)sum);
  for (int index = 0; index < kind_count; index++) {
    if (!is_chosen(&kinds[index], world, classes) || (kinds[index].is_slow && !may_be_slow))
      continue;
    rest -= kinds[index].weight;
    if (rest >= 0) continue;
    job.kind = index;
    break;
  }
  do job.family = next_random(seed) % FAMILIES;
  while (!(kinds[job.kind].families & 1u << job.family));
  job.is_blocking = next_random(seed) % 2;
  job.seed = next_random(seed);
  return job;
}

// Seven in ten attempts are by processes that make no more than a few.
static enum mode choose_mode(uint64_t *seed) {
  uint64_t number = next_random(seed) % 20;
  return number < 8 ? FORK : number < 14 ? EXEC : number < 17 ? THREAD : LONG;
}

static void wait_until(int64_t time) {
  struct timespec moment = {.tv_sec = time / 1000000, .tv_nsec = time % 1000000 * 1000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL) == EINTR) {}
}

static int start_pools(void) {
  int jobs[2];
  if (pipe2(jobs, O_CLOEXEC) != 0) fail("pipe");
  for (int count = 0; count < POOLS; count++) {
    pid_t child = fork();
    if (child < 0) fail("fork");
    if (child > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(jobs[1]);
    run_pool(jobs[0]);
    exit(0);
  }
  close(jobs[0]);
  return jobs[1];
}

void launch(enum world world, const struct schedule *schedule) {
  world_enter(world);
  int pool = start_pools();
  // The kernel tells the bytes of a namespace's sockets only once somebody has heard of it.
  wait_until(microseconds(CLOCK_MONOTONIC) + 1000000);
  uint64_t seed = schedule->seed + world;
  int64_t start = microseconds(CLOCK_MONOTONIC);
  int children = POOLS;
  // Slow jobs last three seconds: those started longer ago do not count.
  int64_t slow[MAXIMUM_SLOW] = {0};
  int next_slow = 0;
  for (long made = 0; made < schedule->attempts;) {
    if (schedule->rate > 0) wait_until(start + made * 1000000 / schedule->rate);
    int64_t now = microseconds(CLOCK_MONOTONIC);
    bool may_be_slow = now - slow[next_slow] > 3000000;
    struct job jobs[MAXIMUM_JOBS];
    jobs[0] = choose(world, schedule->classes, may_be_slow, &seed);
    if (jobs[0].kind < 0) {
      // Only slow ones were asked for.
      if (may_be_slow) break;
      wait_until(now + 10000);
      continue;
    }
    jobs[0].mode = choose_mode(&seed);
    int count = 1;
    if (kinds[jobs[0].kind].is_slow) {
      jobs[0].mode = jobs[0].seed % 2 ? FORK : EXEC;
      slow[next_slow] = now;
      next_slow = (next_slow + 1) % MAXIMUM_SLOW;
    } else if (jobs[0].mode == FORK || jobs[0].mode == EXEC) {
      for (int most = 1 + (int)(next_random(&seed) % 3); count < most; count++) {
        jobs[count] = choose(world, schedule->classes, false, &seed);
        jobs[count].mode = jobs[0].mode;
      }
    }
    made += count;
    if (jobs[0].mode == THREAD || jobs[0].mode == LONG) {
      if (write(pool, &jobs[0], sizeof jobs[0]) != sizeof jobs[0]) fail("pool");
      continue;
    }
    start_process(jobs, count);
    children++;
    while (waitpid(-1, NULL, children > MAXIMUM_CHILDREN ? 0 : WNOHANG) > 0) children--;
  }
  close(pool);
  while (wait(NULL) > 0 || errno == EINTR) {}
}
