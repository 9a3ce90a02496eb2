/*
 * sites.c - allocation sites read from outside against those that tracemalloc itself gave.
 *
 *   sites SNAPSHOT FILE
 *
 * FILE is that of traced.py: address, tab, file:line of the innermost frame, tab, file:line of its caller ...
 * Every object of the file that the snapshot has must have the same frames in it; most of the file must be in the
 * snapshot, and most of that must have frames at all. Prints the figures and the first differences; the exit code is 1 if
 * anything is not so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <holdfast/sites.h>

#define MAX_SHOWN 10

struct counts {
    unsigned long num_objects, num_there, num_known, num_wrong;
};

/* The frames of a site as the file has them, from the first tab on. */
static void print_frames(const struct hf_snapshot *snapshot, uint32_t index, char *out, size_t size) {
    size_t length = 0;
    out[0] = '\0';
    while (index != HF_NO_SITE && length < size) {
        struct hf_site site = hf_snapshot_get_site(snapshot, index);
        length += (size_t)snprintf(out + length, size - length, "\t%s:%u", site.file, site.line);
        index = site.caller;
    }
}

static void compare_line(const struct hf_snapshot *snapshot, char *line, struct counts *counts) {
    static char found[1 << 16];
    char *frames = line + strcspn(line, "\t\n");
    line[strcspn(line, "\n")] = '\0';
    uint64_t addr = strtoull(line, NULL, 16);
    hf_node_id node = hf_snapshot_find_addr(snapshot, addr);
    counts->num_objects++;
    if (node == HF_NO_NODE)
        return;
    counts->num_there++;
    counts->num_known += *frames != '\0';
    print_frames(snapshot, hf_snapshot_site_of(snapshot, node), found, sizeof found);
    if (strcmp(found, frames) == 0)
        return;
    if (counts->num_wrong++ < MAX_SHOWN)
        printf("%s at 0x%llx\n    tracemalloc:%s\n    snapshot:   %s\n",
               hf_snapshot_get_type(snapshot, hf_snapshot_get_node(snapshot, node).type).name, (unsigned long long)addr,
               frames, found);
}

int main(int argc, char **argv) {
    struct hf_snapshot *snapshot;
    struct hf_error error;
    struct counts counts = {0};
    char *line = NULL;
    size_t capacity = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: sites SNAPSHOT FILE\n");
        return 2;
    }
    FILE *file = fopen(argv[2], "r");
    if (file == NULL) {
        perror(argv[2]);
        return 2;
    }
    if (hf_snapshot_open(argv[1], NULL, &snapshot, &error) != HF_OK) {
        fprintf(stderr, "sites: %s\n", error.message);
        return 2;
    }
    while (getline(&line, &capacity, file) > 0)
        compare_line(snapshot, line, &counts);
    printf("%lu objects, %lu of them in the snapshot, %lu with a site; %lu differ from tracemalloc's own\n",
           counts.num_objects, counts.num_there, counts.num_known, counts.num_wrong);
    bool is_good = counts.num_wrong == 0 && counts.num_there * 100 > counts.num_objects * 95 &&
                   counts.num_known * 2 > counts.num_there;
    free(line);
    fclose(file);
    hf_snapshot_destroy(snapshot);
    return is_good ? 0 : 1;
}
