/*
 * test_process.c - running processes as targets: what is read of them, and that they do not notice.
 *
 * The process that is looked at checks itself (busy.h). The one that looks is a child too: it is killed in the middle,
 * at each of its steps in turn and at random moments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

#include "memory/process.h"
#include "memory/procfs.h"
#include "memory/trace.h"
#include "busy.h"

typedef enum hf_status open_process(pid_t pid, const struct hf_process_open_options *options, struct hf_target **out,
                                    struct hf_error *error);

/* ---- what may not be left behind ---- */

static size_t count_tasks(pid_t pid) {
    struct hf_region ids = {0};
    assert_int_equal(hf_procfs_list_threads(pid, &ids), 0);
    size_t count = ids.used_bytes / sizeof(pid_t);
    hf_region_deinit(&ids);
    return count;
}

/* Children of a process, zombies too. */
static size_t count_children(pid_t parent) {
    size_t count = 0;
    DIR *folder = opendir("/proc");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct hf_procfs_status status;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        count += pid > 0 && hf_procfs_read_status(pid, &status) == 0 && status.parent == parent;
    }
    closedir(folder);
    return count;
}

static size_t count_traced_or_stopped(pid_t pid) {
    struct hf_region ids = {0};
    size_t count = 0;
    assert_int_equal(hf_procfs_list_threads(pid, &ids), 0);
    for (size_t i = 0; i < ids.used_bytes / sizeof(pid_t); i++) {
        struct hf_procfs_status status;
        if (hf_procfs_read_status(((pid_t *)(void *)ids.data)[i], &status) == 0)
            count += status.tracer != 0 || status.state == 't' || status.state == 'T';
    }
    hf_region_deinit(&ids);
    return count;
}

#define MAX_LOOKS 20000

/* After a moment, the process is as it was: no thread more (but for its own short ones), no child, nobody stopped. */
static void assert_unharmed(struct busy *busy, size_t num_tasks) {
    busy_await_progress(busy);
    if (atomic_load(&busy->has_failed))
        fail_msg("%s", busy->failure);
    assert_int_equal(kill(busy->pid, 0), 0);
    int looks = 0;
    while ((count_tasks(busy->pid) > num_tasks + 1 || count_children(busy->pid) > 0 ||
            count_traced_or_stopped(busy->pid) > 0) &&
           looks++ < MAX_LOOKS)
        nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
    assert_true(looks < MAX_LOOKS);
}

/* ---- one look ---- */

static size_t count_torn_pairs(const uint64_t *pairs) {
    size_t count = 0;
    for (size_t i = 0; i < BUSY_PAIRS; i++)
        count += pairs[2 * i] + pairs[2 * i + 1] != BUSY_MAGIC;
    return count;
}

static void look_once(struct busy *busy, open_process *open_it) {
    struct hf_error error = {0};
    struct hf_target *target = NULL;
    enum hf_status status = open_it(busy->pid, NULL, &target, &error);
    if (status != HF_OK)
        fail_msg("%s", error.message);
    const uint64_t *pairs = hf_memory_view(&target->memory, busy->pairs_addr, BUSY_PAIRS * 16);
    assert_non_null(pairs);
    assert_true(count_torn_pairs(pairs) <= 1);
    assert_int_equal(hf_process_check(target, &error), HF_OK);
    assert_true(hf_process_end(target) > 0);
}

static void check_busy_process(open_process *open_it, int num_looks) {
    struct busy *busy = busy_start(2);
    assert_non_null(busy);
    size_t num_tasks = count_tasks(busy->pid);
    for (int i = 0; i < num_looks; i++)
        look_once(busy, open_it);
    assert_unharmed(busy, num_tasks);
    busy_end(busy);
}

static void freezes_a_process_that_writes_hundreds_of_times(void **state) {
    (void)state;
    check_busy_process(hf_process_open_frozen, 300);
}

static void stops_a_process_that_writes(void **state) {
    (void)state;
    check_busy_process(hf_process_open_stopped, 100);
}

/* ---- holdfast is killed ---- */

struct looker {
    atomic_ulong num_steps;
    atomic_bool is_done;
};

/* A child that looks at the process, killed right before its n-th step, 0: never. */
static void look_and_die(struct busy *busy, struct looker *looker, open_process *open_it, unsigned long n) {
    pid_t pid = fork();
    if (pid == 0) {
        struct hf_target *target = NULL;
        unsigned long num_before = hf_trace_num_steps();
        hf_trace_die_at(n);
        if (open_it(busy->pid, NULL, &target, NULL) == HF_OK) {
            hf_memory_view(&target->memory, busy->pairs_addr, BUSY_PAIRS * 16);
            (void)hf_process_end(target);
        }
        atomic_store(&looker->num_steps, hf_trace_num_steps() - num_before);
        atomic_store(&looker->is_done, true);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

static void die_at_each_step(open_process *open_it) {
    struct looker *looker =
        mmap(NULL, sizeof *looker, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct busy *busy = busy_start(1);
    assert_true(looker != MAP_FAILED && busy != NULL);
    busy->is_disturbed = true;
    size_t num_tasks = count_tasks(busy->pid);
    look_and_die(busy, looker, open_it, 0);
    unsigned long num_steps = atomic_load(&looker->num_steps);
    assert_true(num_steps > 20);
    for (unsigned long n = 1; n <= num_steps; n++) {
        atomic_store(&looker->is_done, false);
        look_and_die(busy, looker, open_it, n);
        assert_unharmed(busy, num_tasks);
    }
    busy_end(busy);
    munmap(looker, sizeof *looker);
}

static void survives_death_at_each_step_of_a_freeze(void **state) {
    (void)state;
    die_at_each_step(hf_process_open_frozen);
}

static void survives_death_at_each_step_of_a_stop(void **state) {
    (void)state;
    die_at_each_step(hf_process_open_stopped);
}

static void survives_death_at_random_moments(void **state) {
    (void)state;
    struct busy *busy = busy_start(1);
    assert_non_null(busy);
    busy->is_disturbed = true;
    size_t num_tasks = count_tasks(busy->pid);
    srand(1);
    for (int i = 0; i < 300; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            for (struct hf_target *target;;)
                if (hf_process_open_frozen(busy->pid, NULL, &target, NULL) == HF_OK)
                    (void)hf_process_end(target);
        }
        nanosleep(&(struct timespec){.tv_nsec = 1 + rand() % 6000000}, NULL);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        if (i % 20 == 0)
            assert_unharmed(busy, num_tasks);
    }
    assert_unharmed(busy, num_tasks);
    busy_end(busy);
}

/* ---- processes in unusual states ---- */

static pid_t start_child(void (*work)(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        work();
        _exit(0);
    }
    return pid;
}

static void pause_for_ever(void) {
    for (;;)
        pause();
}

static void await_state(pid_t pid, char state) {
    struct hf_procfs_status status = {0};
    while (hf_procfs_read_status(pid, &status) == 0 && status.state != state)
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    assert_int_equal(status.state, state);
}

static void freeze_once(pid_t pid) {
    struct hf_error error = {0};
    struct hf_target *target;
    if (hf_process_open_frozen(pid, NULL, &target, &error) != HF_OK)
        fail_msg("%s", error.message);
    assert_int_equal(hf_process_check(target, &error), HF_OK);
    hf_target_destroy(target);
}

static void end_child(pid_t pid) {
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void await_name(pid_t pid, const char *name) {
    struct hf_procfs_status status = {0};
    while (hf_procfs_read_status(pid, &status) == 0 && (strcmp(status.name, name) != 0 || status.state != 'S'))
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    assert_string_equal(status.name, name);
}

#define FILLED_BYTES ((size_t)32 << 20)
static uint8_t *filled;

static void fill_and_pause(void) {
    memset(filled, 0x55, FILLED_BYTES);
    prctl(PR_SET_NAME, "filled");
    pause_for_ever();
}

/* Pages of its range that no other process has (bit 56 of /proc/PID/pagemap). */
static size_t count_exclusive_pages(pid_t pid) {
    uint64_t entries[512];
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/proc/%d/pagemap", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (size_t page = 0; page < FILLED_BYTES / 4096; page += 512) {
        off_t at = (off_t)(((uintptr_t)filled / 4096 + page) * sizeof *entries);
        assert_int_equal(pread(fd, entries, sizeof entries, at), sizeof entries);
        for (size_t i = 0; i < 512; i++)
            count += entries[i] >> 56 & 1;
    }
    close(fd);
    return count;
}

/* A page that is pinned to be read becomes the copy's own: the memory of the process would be there twice. */
static void a_copy_that_is_read_takes_no_memory(void **state) {
    (void)state;
    struct hf_target *target;
    struct hf_error error;
    filled = mmap(NULL, FILLED_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(filled, MAP_FAILED);
    pid_t pid = start_child(fill_and_pause);
    await_name(pid, "filled");
    assert_true(count_exclusive_pages(pid) > FILLED_BYTES / 4096 / 2);
    assert_int_equal(hf_process_open_frozen(pid, NULL, &target, &error), HF_OK);
    for (size_t at = 0; at < FILLED_BYTES; at += 4096) {
        const uint8_t *view = hf_memory_view(&target->memory, (uintptr_t)filled + at, 4096);
        assert_non_null(view);
        assert_int_equal(view[at / 4096 % 4096], 0x55);
    }
    assert_true(count_exclusive_pages(pid) < FILLED_BYTES / 4096 / 16);
    hf_target_destroy(target);
    end_child(pid);
    munmap(filled, FILLED_BYTES);
}

static void leaves_a_stopped_process_stopped(void **state) {
    (void)state;
    pid_t pid = start_child(pause_for_ever);
    await_state(pid, 'S');
    kill(pid, SIGSTOP);
    await_state(pid, 'T');
    freeze_once(pid);
    await_state(pid, 'T');
    kill(pid, SIGCONT);
    await_state(pid, 'S');
    while (count_tasks(pid) > 1 || count_children(pid) > 0)
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    end_child(pid);
}

static void bears_stops_and_continues_meanwhile(void **state) {
    (void)state;
    struct busy *busy = busy_start(1);
    assert_non_null(busy);
    busy->is_disturbed = true;
    size_t num_tasks = count_tasks(busy->pid);
    pid_t sender = fork();
    if (sender == 0) {
        for (unsigned i = 0;; i++) {
            kill(busy->pid, i % 2 == 0 ? SIGSTOP : SIGCONT);
            nanosleep(&(struct timespec){.tv_nsec = 300000}, NULL);
        }
    }
    for (int i = 0; i < 100; i++) {
        struct hf_target *target;
        if (hf_process_open_frozen(busy->pid, NULL, &target, NULL) == HF_OK)
            hf_target_destroy(target);
    }
    end_child(sender);
    kill(busy->pid, SIGCONT);
    assert_unharmed(busy, num_tasks);
    busy_end(busy);
}

static void outlives_the_end_of_the_process(void **state) {
    (void)state;
    struct hf_target *target;
    struct hf_error error;
    struct busy *busy = busy_start(0);
    assert_non_null(busy);
    assert_int_equal(hf_process_open_frozen(busy->pid, NULL, &target, &error), HF_OK);
    kill(busy->pid, SIGKILL);
    assert_int_equal(waitpid(busy->pid, NULL, 0), busy->pid);
    const uint64_t *pairs = hf_memory_view(&target->memory, busy->pairs_addr, BUSY_PAIRS * 16);
    assert_non_null(pairs);
    assert_true(count_torn_pairs(pairs) <= 1);
    assert_int_equal(hf_process_check(target, &error), HF_OK);
    hf_target_destroy(target);
    munmap(busy, sizeof *busy);
}

static void tells_that_a_stopped_process_was_killed(void **state) {
    (void)state;
    struct hf_target *target;
    struct hf_error error;
    pid_t pid = start_child(pause_for_ever);
    assert_int_equal(hf_process_open_stopped(pid, NULL, &target, &error), HF_OK);
    kill(pid, SIGKILL);
    while (hf_process_check(target, &error) == HF_OK)
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    assert_int_equal(error.status, HF_ERR_TARGET);
    hf_target_destroy(target);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void exec_sleep_on_signal(int number) {
    (void)number;
    execl("/bin/sleep", "sleep", "1000", NULL);
    _exit(1);
}

static void wait_to_exec(void) {
    signal(SIGUSR1, exec_sleep_on_signal);
    pause_for_ever();
}

static void leaves_no_child_to_the_next_program(void **state) {
    (void)state;
    struct hf_target *target;
    struct hf_error error;
    char name[64] = "";
    pid_t pid = start_child(wait_to_exec);
    await_state(pid, 'S');
    if (hf_process_open_frozen(pid, NULL, &target, &error) != HF_OK)
        fail_msg("%s", error.message);
    kill(pid, SIGUSR1);
    while (strcmp(name, "sleep\n") != 0 && hf_procfs_read_into(pid, "comm", name, sizeof name) > 0)
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    await_state(pid, 'S');
    assert_int_equal(count_children(pid), 1);
    hf_target_destroy(target);
    assert_int_equal(count_children(pid), 0);
    await_state(pid, 'S');
    end_child(pid);
}

/* A thread in vfork cannot be stopped before its child is done. */
static void vfork_slowly(void) {
    volatile pid_t pid = vfork();
    if (pid == 0) {
        nanosleep(&(struct timespec){.tv_nsec = 400000000}, NULL);
        _exit(7);
    }
    int status;
    if (waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 7)
        pause_for_ever();
}

static void *pause_thread(void *unused) {
    (void)unused;
    pause_for_ever();
    return NULL;
}

static void vfork_beside_a_thread(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, pause_thread, NULL);
    vfork_slowly();
}

static void does_not_wait_for_a_thread_in_the_kernel(void **state) {
    (void)state;
    pid_t pid = start_child(vfork_beside_a_thread);
    await_state(pid, 'D');
    freeze_once(pid);
    await_state(pid, 'S');
    assert_int_equal(count_traced_or_stopped(pid), 0);
    end_child(pid);
}

static void ends_with_its_leader(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, pause_thread, NULL);
    pthread_exit(NULL);
}

/* ---- refusals ---- */

static void kill_if_it_waits(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_waitid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    prctl(PR_SET_NAME, "filtered");
    pause_for_ever();
}

static void allow_all(void) {
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {1, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    prctl(PR_SET_NAME, "filtered");
    pause_for_ever();
}

static void assert_cannot_freeze(pid_t pid, enum hf_status expected, const char *words) {
    struct hf_target *target = NULL;
    struct hf_error error = {0};
    assert_int_equal(hf_process_open_frozen(pid, NULL, &target, &error), expected);
    if (strstr(error.message, words) == NULL)
        fail_msg("no '%s' in: %s", words, error.message);
}

static void makes_no_call_that_a_filter_forbids(void **state) {
    (void)state;
    struct hf_target *target;
    struct hf_error error;
    pid_t pid = start_child(kill_if_it_waits);
    await_name(pid, "filtered");
    assert_cannot_freeze(pid, HF_ERR_UNSUPPORTED, "seccomp");
    await_state(pid, 'S');
    assert_int_equal(hf_process_open_stopped(pid, NULL, &target, &error), HF_OK);
    hf_target_destroy(target);
    await_state(pid, 'S');
    end_child(pid);
}

static void freezes_a_process_whose_filters_allow_it(void **state) {
    (void)state;
    pid_t pid = start_child(allow_all);
    await_name(pid, "filtered");
    freeze_once(pid);
    end_child(pid);
}

static void limit_address_space(void) {
    struct rlimit limit = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_AS, &limit);
    prctl(PR_SET_NAME, "limited");
    pause_for_ever();
}

static void tells_of_limits(void **state) {
    (void)state;
    pid_t pid = start_child(limit_address_space);
    await_name(pid, "limited");
    assert_cannot_freeze(pid, HF_ERR_UNSUPPORTED, "memory");
    await_state(pid, 'S');
    assert_int_equal(count_traced_or_stopped(pid), 0);
    end_child(pid);
}

static void tells_who_traces_already(void **state) {
    (void)state;
    pid_t pid = start_child(pause_for_ever);
    assert_int_equal(ptrace(PTRACE_SEIZE, pid, 0, 0), 0);
    assert_cannot_freeze(pid, HF_ERR_TARGET, "is being traced by process");
    end_child(pid);
}

/* ---- in the hands of another tracer ---- */

static void assert_cannot_be_read_as_held(pid_t pid, const char *words) {
    struct hf_target *target = NULL;
    struct hf_error error = {0};
    assert_int_equal(hf_process_open_held(pid, NULL, &target, &error), HF_ERR_TARGET);
    if (strstr(error.message, words) == NULL)
        fail_msg("no '%s' in: %s", words, error.message);
}

static void seize_and_stop(pid_t pid) {
    assert_int_equal(ptrace(PTRACE_SEIZE, pid, 0, 0), 0);
    assert_int_equal(ptrace(PTRACE_INTERRUPT, pid, 0, 0), 0);
    await_state(pid, 't');
}

static void reads_what_a_debugger_holds_still(void **state) {
    (void)state;
    static uint64_t word = 0x1234567890;     /* where the child, a fork, has it too */
    pid_t pid = start_child(pause_for_ever);
    seize_and_stop(pid);
    for (int i = 0; i < 3; i++) {
        struct hf_error error = {0};
        struct hf_target *target = NULL;
        assert_int_equal(hf_process_open_held(pid, NULL, &target, &error), HF_OK);
        const uint64_t *view = hf_memory_view(&target->memory, (uint64_t)(uintptr_t)&word, sizeof word);
        assert_true(view != NULL && *view == word);
        assert_int_equal(hf_process_check(target, &error), HF_OK);
        assert_int_equal(hf_process_end(target), 0);
        await_state(pid, 't');
    }
    end_child(pid);
}

static void notices_that_a_debugger_lets_go(void **state) {
    (void)state;
    struct hf_error error = {0};
    struct hf_target *target = NULL;
    pid_t pid = start_child(pause_for_ever);
    seize_and_stop(pid);
    assert_int_equal(hf_process_open_held(pid, NULL, &target, &error), HF_OK);
    assert_int_equal(waitpid(pid, NULL, __WALL), pid);
    assert_int_equal(ptrace(PTRACE_CONT, pid, 0, 0), 0);
    await_state(pid, 'S');
    assert_int_equal(hf_process_check(target, &error), HF_ERR_TARGET);
    assert_non_null(strstr(error.message, "runs under its debugger"));
    assert_int_equal(ptrace(PTRACE_INTERRUPT, pid, 0, 0), 0);
    await_state(pid, 't');
    assert_int_equal(hf_process_check(target, &error), HF_ERR_TARGET);   /* it stands again, and did not all the time */
    assert_non_null(strstr(error.message, "was let go"));
    hf_target_destroy(target);
    end_child(pid);
}

static void does_not_read_as_held_what_is_not(void **state) {
    (void)state;
    pid_t pid = start_child(pause_for_ever);
    assert_cannot_be_read_as_held(pid, "is not held by a debugger");
    assert_int_equal(ptrace(PTRACE_SEIZE, pid, 0, 0), 0);
    assert_cannot_be_read_as_held(pid, "runs under its debugger");
    end_child(pid);
    assert_cannot_be_read_as_held(pid, "there is no process");
}

static void tells_that_the_main_thread_has_ended(void **state) {
    (void)state;
    pid_t pid = start_child(ends_with_its_leader);
    await_state(pid, 'Z');
    assert_cannot_freeze(pid, HF_ERR_TARGET, "main thread");
    end_child(pid);
}

static void tells_that_there_is_no_process(void **state) {
    (void)state;
    pid_t pid = start_child(pause_for_ever);
    end_child(pid);
    assert_cannot_freeze(pid, HF_ERR_TARGET, "there is no process");
}

static void lets_go_when_time_is_up(void **state) {
    (void)state;
    const struct hf_process_open_options options = {.hold_ns = 1000000};
    struct hf_target *target;
    struct hf_error error;
    struct busy *busy = busy_start(1);
    assert_non_null(busy);
    assert_int_equal(hf_process_open_stopped(busy->pid, &options, &target, &error), HF_OK);
    busy_await_progress(busy);
    assert_int_equal(hf_process_check(target, &error), HF_ERR_TARGET);
    assert_non_null(strstr(error.message, "--timeout"));
    hf_target_destroy(target);
    busy_end(busy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freezes_a_process_that_writes_hundreds_of_times),
        cmocka_unit_test(stops_a_process_that_writes),
        cmocka_unit_test(survives_death_at_each_step_of_a_freeze),
        cmocka_unit_test(survives_death_at_each_step_of_a_stop),
        cmocka_unit_test(survives_death_at_random_moments),
        cmocka_unit_test(a_copy_that_is_read_takes_no_memory),
        cmocka_unit_test(leaves_a_stopped_process_stopped),
        cmocka_unit_test(bears_stops_and_continues_meanwhile),
        cmocka_unit_test(outlives_the_end_of_the_process),
        cmocka_unit_test(tells_that_a_stopped_process_was_killed),
        cmocka_unit_test(leaves_no_child_to_the_next_program),
        cmocka_unit_test(does_not_wait_for_a_thread_in_the_kernel),
        cmocka_unit_test(tells_that_the_main_thread_has_ended),
        cmocka_unit_test(makes_no_call_that_a_filter_forbids),
        cmocka_unit_test(freezes_a_process_whose_filters_allow_it),
        cmocka_unit_test(tells_of_limits),
        cmocka_unit_test(tells_who_traces_already),
        cmocka_unit_test(reads_what_a_debugger_holds_still),
        cmocka_unit_test(notices_that_a_debugger_lets_go),
        cmocka_unit_test(does_not_read_as_held_what_is_not),
        cmocka_unit_test(tells_that_there_is_no_process),
        cmocka_unit_test(lets_go_when_time_is_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
