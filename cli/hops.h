/* hops.h - a chain of references as a table, one hop a line, and below it the chain as a Python expression. */
#ifndef CLI_HOPS_H
#define CLI_HOPS_H

#include <holdfast/path.h>

#include "cli/tables.h"

/* A table of hops: reference, type, size, what they retain and where they were made as far as that is known, value. */
void hops_init(struct table *table, const struct hf_path_hop *hops, size_t num_hops);

/* Adds a hop; `reference` is how it is reached, in the words of the command. */
void hops_add(struct table *table, const struct hf_path_hop *hop, const char *reference, enum colour colour);

/* The line of a frame that is the root: "thread worker-1, handle() at shop.py:31". False: the root is no frame. */
bool hops_add_frame(struct table *table, const struct hf_snapshot *snapshot, const struct hf_root *root);

/* The first reference: the root in words, or what its frame calls the variable. The caller frees it. */
char *hops_format_root(const struct hf_path *path);

/* Adds hops[1 ..], indented; the last one is in focus. */
void hops_add_rest(struct table *table, const struct hf_path_hop *hops, size_t num_hops);

/* "= sys.modules['shop'].CACHE", or why there is no expression. */
void hops_print_expression(const char *expression, const char *gap);

/* The columns of a hop in CSV, in the order in which hops_put_csv fills them. */
#define HOPS_CSV_COLUMNS \
    {.key = "reference"}, {.key = "type"}, {.key = "size_bytes"}, {.key = "addr"}, {.key = "node"}, {.key = "value"}
void hops_put_csv(struct table *table, const struct hf_path_hop *hop);

#endif
