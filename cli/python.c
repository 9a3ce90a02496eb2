/*
 * python.c - finds what `holdfast run` hands the program over to.
 *
 *   <folder>/holdfast/_run.py                                 the bootstrap
 *   <folder>/holdfast/_core.cpython-311-x86_64-linux-gnu.so   one for each Python release that holdfast was built for
 *
 * The folder is beside this program where it was built (python), under the prefix where make installed it
 * (lib/holdfast/python), or among the packages of Python where pip did (lib/python3.11/site-packages).
 *
 * The interpreter itself says which suffix it loads: asking costs some milliseconds, and saves the user an
 * ImportError from inside a program that has begun to run.
 */
#include "cli/python.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/text.h"

extern char **environ;

static const char question[] =
    "import sys, _imp\n"
    "print(sys.implementation.name, '%d.%d' % sys.version_info[:2], _imp.extension_suffixes()[0])";

struct interpreter {
    char implementation[32];
    char version[16];
    char suffix[128];
};

/* Runs the interpreter with the question; its answer is read from *pipe_out. Gives 0 or an errno. */
static int spawn(const char *interpreter, pid_t *pid, int *pipe_out) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const char *const argv[] = {interpreter, "-I", "-S", "-c", question, NULL};
    int failure = posix_spawnp(pid, interpreter, &actions, NULL, (char *const *)(const void *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (failure)
        close(ends[0]);
    *pipe_out = ends[0];
    return failure;
}

static bool read_answer(int pipe_out, struct interpreter *out) {
    FILE *stream = fdopen(pipe_out, "r");
    if (!stream) {
        close(pipe_out);
        return false;
    }
    int fields = fscanf(stream, "%31s %15s %127s", out->implementation, out->version, out->suffix);
    fclose(stream);
    return fields == 3;
}

static int ask(const char *interpreter, struct interpreter *out) {
    pid_t pid;
    int pipe_out = -1;
    int failure = spawn(interpreter, &pid, &pipe_out);
    if (failure)
        return complain(CLI_TARGET, "cannot run '%s': %s", interpreter, strerror(failure));
    bool answered = read_answer(pipe_out, out);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!answered || status != 0)
        return complain(CLI_TARGET, "'%s' does not run as Python 3: choose another with --python", interpreter);
    if (strcmp(out->implementation, "cpython") != 0)
        return complain(CLI_TARGET, "'%s' is %s, and holdfast knows CPython only: choose another with --python",
                        interpreter, out->implementation);
    return CLI_OK;
}

static bool has_bootstrap(const char *folder) {
    char *path = text_format("%s/holdfast/_run.py", folder);
    bool readable = access(path, R_OK) == 0;
    free(path);
    return readable;
}

/* The folder of this program, without a slash at its end; where /proc is missing, the current one. */
static char *find_own_folder(void) {
    char *path = realpath("/proc/self/exe", NULL);
    if (!path)
        return text_format(".");
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    return path;
}

/* Where pip put this program into bin, it put the package into a folder of which only Python knows the release. */
static char *find_among_packages(const char *own) {
    char *pattern = text_format("%s/../lib/python3*/*-packages/holdfast/_run.py", own), *folder = NULL;
    glob_t found;
    if (glob(pattern, 0, NULL, &found) == 0) {
        const char *path = found.gl_pathv[found.gl_pathc - 1];
        folder = text_format("%.*s", (int)(strlen(path) - strlen("/holdfast/_run.py")), path);
    }
    globfree(&found);
    free(pattern);
    return folder;
}

static int find_folder(char **out) {
    const char *chosen = getenv("HOLDFAST_PYTHON_PATH");
    bool is_chosen = chosen && *chosen;
    char *own = find_own_folder();
    char *built = text_format("%s/python", own), *installed = text_format("%s/../lib/holdfast/python", own);
    char *packaged = find_among_packages(own);
    const char *const candidates[] = {built, installed, packaged};
    const char *folder = is_chosen && has_bootstrap(chosen) ? chosen : NULL;
    for (size_t i = 0; !is_chosen && !folder && i < 3; i++)
        if (candidates[i] && has_bootstrap(candidates[i]))
            folder = candidates[i];
    int code = folder ? CLI_OK : CLI_TARGET;
    if (folder)
        *out = text_must(realpath(folder, NULL));
    else if (is_chosen)
        complain(code, "no Python package 'holdfast' in '%s', which HOLDFAST_PYTHON_PATH names", chosen);
    else
        complain(code, "no Python package 'holdfast' in '%s' or '%s': build it with 'make python', or say where it is "
                       "with HOLDFAST_PYTHON_PATH", built, installed);
    free(packaged);
    free(installed);
    free(built);
    free(own);
    return code;
}

static int check_extension(const char *folder, const char *name, const struct interpreter *interpreter) {
    char *path = text_format("%s/holdfast/_core%s", folder, interpreter->suffix);
    bool readable = access(path, R_OK) == 0;
    free(path);
    if (readable)
        return CLI_OK;
    return complain(CLI_TARGET,
                    "not built for '%s', which is Python %s: no _core%s in '%s/holdfast': run 'make PYTHON=%s', or "
                    "choose another with --python", name, interpreter->version, interpreter->suffix, folder, name);
}

int python_find_bootstrap(const char *interpreter, char **out) {
    struct interpreter answer;
    char *folder = NULL;
    int code = find_folder(&folder);
    if (code == CLI_OK)
        code = ask(interpreter, &answer);
    if (code == CLI_OK)
        code = check_extension(folder, interpreter, &answer);
    if (code == CLI_OK)
        *out = text_format("%s/holdfast/_run.py", folder);
    free(folder);
    return code;
}
