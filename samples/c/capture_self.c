/*
 * capture_self.c - a program that embeds Python, photographs itself, and asks what keeps an object alive.
 *
 *   cc capture_self.c $(python3-config --includes) $(pkg-config --cflags --libs holdfast-cpython-311) \
 *      $(python3-config --ldflags --embed) -o capture_self
 *   ./capture_self
 *
 * The library for captures is built for one release of Python, and has all of libholdfast in it.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <holdfast/capture.h>
#include <holdfast/path.h>

#include <inttypes.h>
#include <stdio.h>

static const char program[] = "class Job:\n"
                              "    def __init__(self, number):\n"
                              "        self.number = number\n"
                              "DONE = []\n"
                              "for number in range(5):\n"
                              "    DONE.append(Job(number))\n";

/* The shortest path to one of the objects that the selector names, as a Python expression. */
static enum hf_status ask(const struct hf_snapshot *snapshot, const char *selector, struct hf_error *error) {
    struct hf_selection *selection;
    struct hf_why *why;
    enum hf_status status = hf_selection_create(snapshot, selector, NULL, &selection, error);
    if (status != HF_OK)
        return status;
    status = hf_why_create(snapshot, selection, NULL, &why, error);
    if (status == HF_OK) {
        printf("%s: %s\n", selection->description, why->num_groups > 0 ? why->groups[0].pattern : "garbage");
        if (why->num_paths > 0)
            printf("one of them is %s\n", why->paths[0].expression);
        hf_why_destroy(why);
    }
    hf_selection_destroy(selection);
    return status;
}

/* The caller has the GIL. Nothing in the process changes. */
static enum hf_status look_at_self(struct hf_error *error) {
    struct hf_snapshot *snapshot;
    enum hf_status status = hf_capture_self(NULL, &snapshot, error);
    if (status != HF_OK)
        return status;
    bool is_large = hf_snapshot_num_nodes(snapshot) > 1000;
    printf("photographed %s objects\n", is_large ? "thousands of" : "hardly any");
    status = ask(snapshot, "__main__.Job", error);
    hf_snapshot_destroy(snapshot);
    return status;
}

int main(void) {
    struct hf_error error;
    Py_InitializeEx(0);
    if (PyRun_SimpleString(program) != 0)
        return 1;
    enum hf_status status = look_at_self(&error);
    if (status != HF_OK)
        fprintf(stderr, "capture_self: %s\n", error.message);
    return Py_FinalizeEx() == 0 && status == HF_OK ? 0 : 1;
}
