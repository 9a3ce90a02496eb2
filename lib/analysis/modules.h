/* modules.h - whose code a module is: the application's, an installed package's, or Python's own. */
#ifndef HF_ANALYSIS_MODULES_H
#define HF_ANALYSIS_MODULES_H

#include "base/arena.h"
#include "snapshot/snapshot.h"

enum hf_module_origin {
    HF_MODULE_UNKNOWN = 0,     /* the snapshot does not tell */
    HF_MODULE_APPLICATION,
    HF_MODULE_PACKAGE,         /* in site-packages or dist-packages */
    HF_MODULE_PYTHON,          /* the standard library, built in, frozen; holdfast itself */
};

struct hf_module {
    const char *name;          /* as in sys.modules */
    const char *file;          /* as much of it as the snapshot has; "" if unknown or none */
    enum hf_module_origin origin;
};

/* The modules of sys.modules, sorted by name. Texts live as long as this and the snapshot. */
struct hf_modules {
    const struct hf_module *list;
    size_t num_modules;
    size_t num_files;          /* those whose file is known */
    struct hf_arena arena;
};

/* Ends with hf_modules_deinit, also after a failure. Errors: NOMEM. O(modules * their variables, at worst) */
HF_MUST_CHECK enum hf_status hf_modules_init(struct hf_modules *modules, const struct hf_snapshot *snapshot,
                                             struct hf_error *error);
void hf_modules_deinit(struct hf_modules *modules);

/* The module of that name, or the nearest package around it that is there ("six" for "six.moves.url"); else NULL. */
const struct hf_module *hf_modules_find(const struct hf_modules *modules, const char *name);

/* Whose code that is: the origin of what hf_modules_find gives. O(log modules) */
enum hf_module_origin hf_modules_origin(const struct hf_modules *modules, const char *name);

/* The module that was loaded from that file, or NULL. O(modules) */
const struct hf_module *hf_modules_find_file(const struct hf_modules *modules, const char *file, size_t length);

#endif
