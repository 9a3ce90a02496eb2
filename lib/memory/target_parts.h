/*
 * target_parts.h - what the makers of targets share: process.c and core.c fill in a struct hf_target, target.c begins
 * and ends it, modules.c finds the files.
 */
#ifndef HF_MEMORY_TARGET_PARTS_H
#define HF_MEMORY_TARGET_PARTS_H

#include "memory/target.h"

struct hf_target_class {
    /* Copies from `addr` on and gives how many bytes it could. */
    hf_chunks_read *read;        /* context: the target */
    /*
     * Opens the n-th file that a module may be and gives its name for messages, allocated in target->texts. -1: it
     * cannot be opened; *is_last: there is no further one.
     */
    int (*open_file)(struct hf_target *target, const struct hf_module *module, unsigned n, const char **name,
                     bool *is_last);
    /* Ends what is behind the target and frees it. */
    void (*destroy)(struct hf_target *target);
};

/* Begins a target whose maps are there or will be. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_target_init(struct hf_target *target, const struct hf_target_class *class,
                                            size_t cache_bytes, struct hf_error *error);
/* Frees what target.c and modules.c have allocated. */
void hf_target_deinit(struct hf_target *target);

/* Makes the modules out of the maps; `program` is the path of main_module, or NULL. Errors: NOMEM. */
HF_MUST_CHECK enum hf_status hf_target_find_modules(struct hf_target *target, const char *program,
                                                    struct hf_error *error);
/* modules.c: closes a module's files. NULL is allowed. */
void hf_module_file_destroy(struct hf_module_file *file);

/*
 * Opens a regular file for reading; anything else, such as a device, is not touched: what a core file or a process
 * calls a file may be one. -1 with errno.
 */
int hf_target_open_regular(const char *path);

/* A text in target->texts; "" when memory runs out. */
HF_PRINTF(2, 3) const char *hf_target_text(struct hf_target *target, const char *format, ...);

#endif
