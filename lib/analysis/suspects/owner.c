/*
 * owner.c - goes up the path until something belongs to the application.
 *
 *   module logging  .root  RootLogger  .handlers  list  [7]  shop.log.Audit  .buffer  bytearray
 *   Python                 Python                 -          application
 *
 * An instance belongs to where its class was written, a class and a function to their module, a running function to the
 * module of its file. Builtin containers belong to nobody.
 */
#include "analysis/suspects/owner.h"

#include <string.h>

#include "analysis/lookup.h"
#include "base/error.h"
#include "snapshot/preview.h"

const char *hf_owner_kind_name(enum hf_owner_kind kind) {
    switch (kind) {
    case HF_OWNER_CLASS: return "class";
    case HF_OWNER_MODULE: return "module";
    case HF_OWNER_FUNCTION: return "function";
    case HF_OWNER_NONE: break;
    }
    return "";
}

static const char *read_str(const struct hf_survey *survey, hf_node_id node, struct hf_arena *arena) {
    struct hf_preview preview;
    if (node == HF_NO_NODE || !hf_snapshot_read_preview(survey->snapshot, node, &preview) ||
        preview.tag != HF_PREVIEW_STR)
        return "";
    return hf_arena_copy(arena, preview.bytes, preview.num_bytes);
}

static const char *read_attribute(const struct hf_survey *survey, hf_node_id node, const char *name,
                                  struct hf_arena *arena) {
    return read_str(survey, hf_lookup_attribute(survey->snapshot, node, name), arena);
}

static const char *join(struct hf_arena *arena, const char *module, const char *name) {
    struct hf_text text = HF_TEXT_INIT;
    if (module[0] != '\0')
        hf_text_addf(&text, "%s.", module);
    hf_text_add(&text, name);
    const char *copy = hf_arena_copy(arena, text.data != NULL ? text.data : "", text.length);
    arena->failed = arena->failed || text.failed;
    hf_text_deinit(&text);
    return copy;
}

/* Fills in what the module of that name tells. */
static void set_module(const struct hf_survey *survey, const char *module, struct hf_app_owner *out,
                       enum hf_module_origin *origin) {
    const struct hf_module *found = hf_modules_find(&survey->modules, module);
    out->file = found != NULL && strcmp(found->name, module) == 0 ? found->file : "";
    *origin = found != NULL ? found->origin : HF_MODULE_UNKNOWN;
    out->is_certain = *origin == HF_MODULE_APPLICATION;
}

static bool owner_of_instance(const struct hf_survey *survey, hf_node_id node, struct hf_app_owner *out,
                              enum hf_module_origin *origin) {
    const struct hf_type_record *type = hf_lookup_type(survey->snapshot, node);
    if ((type->flags & HF_TYPE_HEAP) == 0)
        return false;
    out->kind = HF_OWNER_CLASS;
    out->name = hf_snapshot_get_text(survey->snapshot, type->name, NULL);
    set_module(survey, hf_snapshot_get_text(survey->snapshot, type->module, NULL), out, origin);
    return true;
}

static bool owner_of_class(const struct hf_survey *survey, hf_node_id node, struct hf_arena *arena,
                           struct hf_app_owner *out, enum hf_module_origin *origin) {
    hf_node_id dict = hf_lookup_dict(survey->snapshot, node);
    hf_node_id found = dict == HF_NO_NODE ? HF_NO_NODE : hf_lookup_item(survey->snapshot, dict, "__module__", 10);
    const char *module = read_str(survey, found, arena);
    out->kind = HF_OWNER_CLASS;
    out->name = join(arena, module, read_attribute(survey, node, "__qualname__", arena));
    set_module(survey, module, out, origin);
    return module[0] != '\0';
}

static bool owner_of_module(const struct hf_survey *survey, hf_node_id node, struct hf_app_owner *out,
                            enum hf_module_origin *origin) {
    const struct hf_snapshot *snapshot = survey->snapshot;
    out->kind = HF_OWNER_MODULE;
    for (size_t i = 0; i < hf_num_roots(snapshot); i++) {
        const struct hf_root_record *root = &hf_col_roots(snapshot)[i];
        if (root->node != node || root->kind != HF_ROOT_MODULE)
            continue;
        out->name = hf_snapshot_get_text(snapshot, root->name, NULL);
        set_module(survey, out->name, out, origin);
        return true;
    }
    return false;
}

static bool owner_of_function(const struct hf_survey *survey, hf_node_id node, struct hf_arena *arena,
                              struct hf_app_owner *out, enum hf_module_origin *origin) {
    const char *module = read_attribute(survey, node, "__module__", arena);
    out->kind = HF_OWNER_FUNCTION;
    out->name = join(arena, module, read_attribute(survey, node, "__qualname__", arena));
    hf_node_id code = hf_lookup_part(survey->snapshot, node, "__code__");
    out->scope = code != HF_NO_NODE ? read_attribute(survey, code, "co_qualname", arena) : "";
    set_module(survey, module, out, origin);
    return module[0] != '\0';
}

/* A function by the file of its code. */
static void owner_by_file(const struct hf_survey *survey, const char *name, const char *file, struct hf_arena *arena,
                          struct hf_app_owner *out, enum hf_module_origin *origin) {
    const struct hf_module *module = hf_modules_find_file(&survey->modules, file, strlen(file));
    out->kind = HF_OWNER_FUNCTION;
    out->file = file;
    *origin = module != NULL ? module->origin : HF_MODULE_UNKNOWN;
    out->is_certain = *origin == HF_MODULE_APPLICATION;
    out->name = join(arena, module != NULL ? module->name : "", name);
}

static bool owner_of_running(const struct hf_survey *survey, hf_node_id node, struct hf_arena *arena,
                             struct hf_app_owner *out, enum hf_module_origin *origin) {
    static const char *const attributes[] = {"f_code", "gi_code", "cr_code", "ag_code"};
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        hf_node_id code = hf_lookup_attribute(survey->snapshot, node, attributes[i]);
        if (code == HF_NO_NODE)
            continue;
        const char *name = out->scope = read_attribute(survey, code, "co_qualname", arena);
        if (name[0] == '\0')
            name = read_attribute(survey, code, "co_name", arena);
        owner_by_file(survey, name, read_attribute(survey, code, "co_filename", arena), arena, out, origin);
        return true;
    }
    return false;
}

bool hf_app_owner_of(const struct hf_survey *survey, hf_node_id node, struct hf_arena *arena,
                     struct hf_app_owner *out, enum hf_module_origin *origin) {
    const uint32_t running = HF_TYPE_FRAME | HF_TYPE_GENERATOR | HF_TYPE_COROUTINE | HF_TYPE_ASYNC_GENERATOR;
    uint32_t flags = hf_lookup_type(survey->snapshot, node)->flags;
    *out = (struct hf_app_owner){.name = "", .file = ""};
    *origin = HF_MODULE_UNKNOWN;
    if ((hf_col_node_flags(survey->snapshot)[node] & HF_NODE_TYPE) != 0)
        return owner_of_class(survey, node, arena, out, origin);
    if ((flags & HF_TYPE_MODULE) != 0)
        return owner_of_module(survey, node, out, origin);
    if ((flags & HF_TYPE_FUNCTION) != 0)
        return owner_of_function(survey, node, arena, out, origin);
    if ((flags & running) != 0)
        return owner_of_running(survey, node, arena, out, origin);
    return owner_of_instance(survey, node, out, origin);
}

/* The function whose variable the root is. */
static bool owner_of_root(const struct hf_survey *survey, const struct hf_route *route, struct hf_arena *arena,
                          struct hf_app_owner *out, enum hf_module_origin *origin) {
    struct hf_root root = hf_snapshot_get_root(survey->snapshot, route->root);
    *out = (struct hf_app_owner){.name = "", .file = ""};
    if (root.kind != HF_ROOT_FRAME || root.frame == HF_NO_FRAME)
        return false;
    struct hf_frame frame = hf_snapshot_get_frame(survey->snapshot, root.frame);
    owner_by_file(survey, frame.function, frame.file, arena, out, origin);
    return true;
}

/* Takes what is certain, or else the last that is not known to be another's. True when there is no need to look on. */
static bool consider(const struct hf_app_owner *found, enum hf_module_origin origin, size_t step,
                     struct hf_app_owner *out) {
    if (origin == HF_MODULE_PACKAGE || origin == HF_MODULE_PYTHON)
        return false;
    if (found->is_certain || out->kind == HF_OWNER_NONE) {
        *out = *found;
        out->step = step;
    }
    return found->is_certain;
}

enum hf_status hf_app_owner_find(const struct hf_survey *survey, const struct hf_route *route,
                                 struct hf_arena *arena, struct hf_app_owner *out, struct hf_error *error) {
    *out = (struct hf_app_owner){.name = "", .file = ""};
    struct hf_app_owner found;
    enum hf_module_origin origin;
    bool is_done = false;
    for (size_t i = route->num_steps; i-- > 0 && !is_done;)
        is_done = hf_app_owner_of(survey, route->steps[i].owner, arena, &found, &origin) &&
                  consider(&found, origin, i, out);
    if (!is_done && owner_of_root(survey, route, arena, &found, &origin))
        (void)consider(&found, origin, HF_OWNER_ROOT, out);
    out->file = hf_arena_copy(arena, out->file, strlen(out->file));
    return arena->failed ? hf_fail_nomem(error) : HF_OK;
}
