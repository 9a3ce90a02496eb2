/*
 * decoder.h - the references that an object holds, named: the entry point of this folder.
 *
 * A decoder gives candidates in the order in which the object's tp_traverse visits them, then the references that exist
 * and that tp_traverse does not visit (names with HF_NAME_EXTRA). For a plan that is `exact` the candidates are the
 * references. For others the in-process walker keeps only those that tp_traverse confirms.
 */
#ifndef HF_CPYTHON_DECODER_H
#define HF_CPYTHON_DECODER_H

#include "cpython/layout.h"
#include "cpython/name_table.h"
#include "cpython/references.h"
#include "cpython/types.h"
#include "memory/memory.h"

#define HF_MAX_INTERPRETERS 64

/* The local variables of one code object as numbers of names. */
struct hf_code_names {
    uint64_t code;
    uint16_t *names;
    uint32_t num_names;
};

struct hf_decoder {
    struct hf_arena *arena;
    struct hf_memory *memory;
    const struct hf_layout *layout;
    struct hf_name_table names;
    struct hf_type_plans plans;
    /* The states of the interpreters, the main one first: they keep parts of static types (3.12+). */
    uint64_t interpreters[HF_MAX_INTERPRETERS];
    uint32_t num_interpreters;
    uint64_t interned[HF_MAX_INTERPRETERS];   /* dicts whose references are not counted, and are none for us */
    uint32_t num_interned;
    struct hf_shared_keys *last_keys;    /* of the split dict decoded last */
    struct hf_code_names *code_slots;    /* open addressing by code address */
    size_t num_code_slots, num_codes;
};

/* All its memory is the arena's, which has to outlive it, as `memory` and `layout` have. False: no memory. */
bool hf_decoder_init(struct hf_decoder *decoder, struct hf_arena *arena, struct hf_memory *memory,
                     const struct hf_layout *layout, uint64_t python_traverse);

/*
 * The dict of a type, and of weak references to its subclasses, in one of the interpreters: from 3.12 on each has its
 * own ones of a static builtin type, and the type has a number instead. 0: there is none.
 */
void hf_type_parts(struct hf_decoder *decoder, uint64_t type, uint32_t interpreter, uint64_t *dict,
                   uint64_t *subclasses);

/* Adds the references of the object at `addr`, whose type has `plan`. What cannot be read is left out. */
void hf_decode(struct hf_decoder *decoder, struct hf_type_plan *plan, uint64_t addr,
               struct hf_references *references);

#endif
