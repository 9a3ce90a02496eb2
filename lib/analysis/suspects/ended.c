/*
 * ended.c - one small rule for each way in which an object ends.
 *
 * A rule looks at references and values that are in the snapshot: a result that was set, a frame that is gone, a flag
 * that is True. It says nothing unless that is certain; an object that is merely old is none of its business.
 */
#include "analysis/suspects/ended.h"

#include <string.h>

#include "analysis/lookup.h"
#include "snapshot/preview.h"

struct clue {
    const struct hf_survey *survey;
    const struct hf_snapshot *snapshot;
    hf_node_id node;
    const char *type;        /* full name */
    uint32_t flags;          /* of the type */
};

/* ---- what the rules ask ---- */

static hf_node_id attribute(const struct clue *clue, const char *name) {
    return hf_lookup_attribute(clue->snapshot, clue->node, name);
}

static bool is_true(const struct clue *clue, hf_node_id value) {
    struct hf_preview preview;
    return value != HF_NO_NODE && hf_snapshot_read_preview(clue->snapshot, value, &preview) &&
           preview.tag == HF_PREVIEW_TRUE;
}

static bool is_none(const struct clue *clue, hf_node_id value) {
    return value != HF_NO_NODE && strcmp(hf_lookup_type_name(clue->snapshot, value), "NoneType") == 0;
}

static bool read_int(const struct clue *clue, hf_node_id value, int64_t *out) {
    struct hf_preview preview;
    if (value == HF_NO_NODE || !hf_snapshot_read_preview(clue->snapshot, value, &preview) ||
        preview.tag != HF_PREVIEW_INT)
        return false;
    *out = preview.integer;
    return true;
}

static bool is_str(const struct clue *clue, hf_node_id value, const char *wanted) {
    const char *text;
    size_t length;
    return value != HF_NO_NODE && hf_snapshot_find_str(clue->snapshot, value, &text, &length) &&
           length == strlen(wanted) && memcmp(text, wanted, length) == 0;
}

/* ---- generators, tasks, futures ---- */

/* One that has not ended has a frame: from 3.11 on inside of itself, before that as an object. */
bool hf_is_ended_generator(const struct hf_survey *survey, hf_node_id node) {
    static const char *const parts[] = {"function", "f_code", "gi_frame", "cr_frame", "ag_frame"};
    const uint32_t kinds = HF_TYPE_GENERATOR | HF_TYPE_COROUTINE | HF_TYPE_ASYNC_GENERATOR;
    if ((hf_lookup_type(survey->snapshot, node)->flags & kinds) == 0)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (hf_lookup_part(survey->snapshot, node, parts[i]) != HF_NO_NODE)
            return false;
    return true;
}

static const char *exhausted_generator(const struct clue *clue) {
    if (!hf_is_ended_generator(clue->survey, clue->node))
        return NULL;
    return (clue->flags & HF_TYPE_GENERATOR) != 0 ? "the generator is exhausted" : "the coroutine has returned";
}

static bool is_c_future(const struct clue *clue) {
    return strcmp(clue->type, "_asyncio.Task") == 0 || strcmp(clue->type, "_asyncio.Future") == 0;
}

static const char *future_with_result(const struct clue *clue) {
    bool has_result = is_c_future(clue) && hf_lookup_part(clue->snapshot, clue->node, "result") != HF_NO_NODE;
    return has_result ? "the task or future is finished" : NULL;
}

/* Without a result it ended in an exception, or was cancelled: then its coroutine has returned all the same. */
static const char *future_that_failed(const struct clue *clue) {
    if (!is_c_future(clue))
        return NULL;
    hf_node_id exception = hf_lookup_part(clue->snapshot, clue->node, "_exception");
    if (exception != HF_NO_NODE && !is_none(clue, exception))
        return "the task or future has failed";
    const uint32_t *row = hf_col_row(clue->snapshot);
    for (uint32_t edge = row[clue->node]; edge < row[clue->node + 1]; edge++)
        if (hf_is_ended_generator(clue->survey, hf_col_edge_target(clue->snapshot)[edge]))
            return "the task is finished";
    return NULL;
}

/* concurrent.futures, and asyncio where it is written in Python. */
static const char *future_by_its_state(const struct clue *clue) {
    static const char *const ends[] = {"FINISHED", "CANCELLED", "CANCELLED_AND_NOTIFIED"};
    hf_node_id state = attribute(clue, "_state");
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (is_str(clue, state, ends[i]))
            return "the future is done";
    return NULL;
}

/* ---- threads and processes ---- */

static bool is_running_thread(const struct clue *clue, uint64_t ident) {
    for (size_t i = 0; i < hf_num_threads(clue->snapshot); i++)
        if (hf_col_threads(clue->snapshot)[i].ident == ident)
            return true;
    return false;
}

/* The ident of an object that is like threading.Thread and has been started. */
static bool read_thread(const struct clue *clue, int64_t *ident) {
    return attribute(clue, "_daemonic") != HF_NO_NODE && attribute(clue, "_started") != HF_NO_NODE &&
           hf_num_threads(clue->snapshot) > 0 && read_int(clue, attribute(clue, "_ident"), ident);
}

static const char *ended_thread(const struct clue *clue) {
    int64_t ident;
    return read_thread(clue, &ident) && !is_running_thread(clue, (uint64_t)ident) ? "the thread has ended" : NULL;
}

bool hf_is_running_thread(const struct hf_survey *survey, hf_node_id node) {
    const struct clue clue = {.survey = survey, .snapshot = survey->snapshot, .node = node};
    int64_t ident;
    return read_thread(&clue, &ident) && is_running_thread(&clue, (uint64_t)ident);
}

static const char *ended_process(const struct clue *clue) {
    int64_t code;
    bool is_process = attribute(clue, "returncode") != HF_NO_NODE && attribute(clue, "pid") != HF_NO_NODE;
    return is_process && read_int(clue, attribute(clue, "returncode"), &code) ? "the process has ended" : NULL;
}

/* ---- files, sockets, connections, sessions ---- */

static const char *closed_by_a_flag(const struct clue *clue) {
    static const struct {
        const char *attribute, *reason;
    } flags[] = {
        {"closed", "it is closed: .closed is True"},
        {"_closed", "it is closed: ._closed is True"},
        {"is_closed", "it is closed: .is_closed is True"},
        {"_is_closed", "it is closed: ._is_closed is True"},
        {"disposed", "it is disposed of: .disposed is True"},
        {"_disposed", "it is disposed of: ._disposed is True"},
        {"destroyed", "it is destroyed: .destroyed is True"},
        {"_destroyed", "it is destroyed: ._destroyed is True"},
    };
    if ((clue->flags & HF_TYPE_HEAP) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (is_true(clue, attribute(clue, flags[i].attribute)))
            return flags[i].reason;
    return NULL;
}

/*
 * Files, from FileIO up to what open() gives: the innermost one says in its attribute dict that it is closed, and those
 * around it have it as .raw and .buffer.
 */
static const char *closed_file(const struct clue *clue) {
    hf_node_id file = clue->node;
    for (unsigned layer = 0; layer < 3 && file != HF_NO_NODE; layer++) {
        if (is_true(clue, hf_lookup_attribute(clue->snapshot, file, "__IOBase_closed")))
            return "the file is closed";
        if (strncmp(hf_lookup_type_name(clue->snapshot, file), "_io.", 4) != 0)
            return NULL;
        hf_node_id buffer = hf_lookup_part(clue->snapshot, file, "buffer");
        file = buffer != HF_NO_NODE ? buffer : hf_lookup_part(clue->snapshot, file, "raw");
    }
    return NULL;
}

/* What has lost the one thing that it works with. */
static const char *closed_by_what_it_lost(const struct clue *clue) {
    static const struct {
        const char *type, *attribute, *reason;
    } losses[] = {
        {"aiohttp.client.ClientSession", "_connector", "the session is closed: it has no connector"},
        {"http.client.HTTPResponse", "fp", "the response is closed"},
        {"sqlalchemy.engine.base.Connection", "_dbapi_connection", "the connection is closed"},
    };
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++)
        if (strcmp(clue->type, losses[i].type) == 0 && is_none(clue, attribute(clue, losses[i].attribute)))
            return losses[i].reason;
    return NULL;
}

/* ---- all of them ---- */

const char *hf_ended_reason(const struct hf_survey *survey, hf_node_id node) {
    static const char *(*const rules[])(const struct clue *clue) = {
        exhausted_generator, future_with_result, future_that_failed, future_by_its_state,
        ended_thread,        ended_process,      closed_by_a_flag,   closed_file,       closed_by_what_it_lost,
    };
    const struct clue clue = {
        .survey = survey,
        .snapshot = survey->snapshot,
        .node = node,
        .type = hf_lookup_type_name(survey->snapshot, node),
        .flags = hf_lookup_type(survey->snapshot, node)->flags,
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const char *reason = rules[i](&clue);
        if (reason != NULL)
            return reason;
    }
    return NULL;
}
