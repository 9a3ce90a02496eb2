/* record.c - takes one snapshot into a file. One line on stderr, written at once (other threads print), tells how. */
#include "python/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "python/capture.h"

#define LINE_SIZE 1024

/* "950 objects", "12.3 k objects", "1.2 M objects". */
static void print_count(char *buffer, size_t size, uint32_t count) {
    if (count < 10000)
        snprintf(buffer, size, "%u objects", count);
    else if (count < 1000000)
        snprintf(buffer, size, "%.1f k objects", count / 1e3);
    else
        snprintf(buffer, size, "%.1f M objects", count / 1e6);
}

static void say(char line[LINE_SIZE], int length) {
    if (length >= LINE_SIZE)
        line[LINE_SIZE - 2] = '\n';
    ssize_t written = write(STDERR_FILENO, line, strlen(line));
    (void)written;   /* a closed stderr is the user's choice */
}

static void say_written(const struct hf_output *output, const struct hf_snapshot *snapshot) {
    char line[LINE_SIZE], count[32];
    char *shown = hf_output_path(output, true);
    double pause_ms = (double)hf_snapshot_get_origin(snapshot)->pause_ns / 1e6;
    print_count(count, sizeof count, hf_snapshot_num_nodes(snapshot));
    say(line, snprintf(line, sizeof line, "holdfast: wrote %s (%s, pause %.*f ms)\n", shown ? shown : "?", count,
                       pause_ms < 10, pause_ms));
    free(shown);
}

static void say_failed(const struct hf_error *error) {
    char line[LINE_SIZE];
    say(line, snprintf(line, sizeof line, "holdfast: no snapshot: %s\n", error->message));
}

void hf_record_say_none_due(void) {
    char line[LINE_SIZE];
    say(line, snprintf(line, sizeof line, "holdfast: no snapshot: the program ended before one was due, or handles the "
                       "signal itself; --at-exit takes one then\n"));
}

static enum hf_status save(struct hf_output *output, const struct hf_record_options *options,
                           const struct hf_snapshot *snapshot, struct hf_error *error) {
    struct hf_save_options save_options = {.struct_size = sizeof save_options,
                                           .plain = options->plain,
                                           .without_previews = !options->previews};
    hf_output_advance(output);
    char *path = hf_output_path(output, false);
    if (!path) {
        snprintf(error->message, sizeof error->message, "out of memory");
        return HF_ERR_NOMEM;
    }
    enum hf_status status = hf_snapshot_save(snapshot, path, &save_options, error);
    free(path);
    return status;
}

void hf_record(struct hf_output *output, const struct hf_record_options *options, void (*detach)(void *context),
               void *context) {
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error = {0};
    struct hf_capture_options capture = {.struct_size = sizeof capture, .without_previews = !options->previews};
    enum hf_status status = hf_capture_patiently(&capture, &snapshot, &error);
    detach(context);
    if (status == HF_OK)
        status = save(output, options, snapshot, &error);
    if (status == HF_OK)
        say_written(output, snapshot);
    else
        say_failed(&error);
    hf_snapshot_destroy(snapshot);
}
