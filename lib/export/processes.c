/* processes.c - the list of running Python programs as JSON. */
#include <holdfast/json.h>

#include "export/parts.h"

enum hf_status hf_json_processes(const struct hf_processes *processes, char **out, struct hf_error *error) {
    struct hf_json json = HF_JSON_INIT;
    hf_json_begin_answer(&json, "processes");
    hf_json_key(&json, "processes");
    hf_json_begin_array(&json);
    for (size_t i = 0; i < processes->count; i++) {
        const struct hf_process *process = &processes->list[i];
        hf_json_begin_object(&json);
        hf_json_put_uint(&json, "pid", (uint64_t)process->pid);
        hf_json_put_uint(&json, "uid", process->uid);
        hf_json_put_string(&json, "python", process->python);
        hf_json_put_uint(&json, "resident_bytes", process->resident_bytes);
        hf_json_put_uint(&json, "num_threads", process->num_threads);
        hf_json_put_string(&json, "name", process->name);
        hf_json_put_string(&json, "program", process->program);
        hf_json_put_string(&json, "problem", process->problem);
        hf_json_end_object(&json);
    }
    hf_json_end_array(&json);
    return hf_json_end_answer(&json, out, error);
}
