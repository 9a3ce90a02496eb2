/* owner.h - what of the application has the last of its references on a path. */
#ifndef HF_ANALYSIS_OWNER_H
#define HF_ANALYSIS_OWNER_H

#include "analysis/path/route.h"
#include "analysis/suspects/survey.h"

enum hf_owner_kind { HF_OWNER_NONE = 0, HF_OWNER_CLASS, HF_OWNER_MODULE, HF_OWNER_FUNCTION };

struct hf_app_owner {
    enum hf_owner_kind kind;
    const char *name;            /* "shop.cache.Cache"; "" for NONE */
    const char *file;            /* as much of it as is known, "" if nothing */
    const char *scope;           /* the name that a function's code has, which decorators leave alone; NULL: unknown */
    size_t step;                 /* of the route: the reference that it has; HF_OWNER_ROOT: the root, a variable */
    bool is_certain;             /* its module is known to be none of Python's and of no installed package */
};

#define HF_OWNER_ROOT SIZE_MAX

/* "class", "module", "function", "". Never NULL. */
const char *hf_owner_kind_name(enum hf_owner_kind kind);

/*
 * Looks from the end of the route to its root. Texts are the snapshot's or in the arena. Errors: NOMEM.
 * O(edges of the objects on the path)
 */
HF_MUST_CHECK enum hf_status hf_app_owner_find(const struct hf_survey *survey, const struct hf_route *route,
                                               struct hf_arena *arena, struct hf_app_owner *out,
                                               struct hf_error *error);

/*
 * Who `node` is as the owner of a reference: an instance's class, a class, a module, a function, or the function of a
 * generator, coroutine or frame. False for all others, such as containers.
 */
bool hf_app_owner_of(const struct hf_survey *survey, hf_node_id node, struct hf_arena *arena,
                     struct hf_app_owner *out, enum hf_module_origin *origin);

#endif
