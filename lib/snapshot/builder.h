/*
 * builder.h - makes a snapshot from any graph, a node and an edge at a time: for tests, fuzzers and tools.
 * Captures fill the columns themselves; they are too large for this.
 */
#ifndef HF_SNAPSHOT_BUILDER_H
#define HF_SNAPSHOT_BUILDER_H

#include "snapshot/snapshot.h"

struct hf_builder;

struct hf_builder *hf_builder_create(void);
void hf_builder_destroy(struct hf_builder *builder);

/* Adds a type and gives its index. The module is the part before the last dot unless the flags say a nested name. */
uint32_t hf_builder_add_type(struct hf_builder *builder, const char *name, const char *module, uint32_t flags);
/*
 * Adds a node and gives its id. Addresses are multiples of 8 and ascend; inside one MiB those at 8 mod 16 come last.
 */
hf_node_id hf_builder_add_node(struct hf_builder *builder, uint64_t addr, uint32_t type, uint64_t size_bytes,
                               uint32_t refcount, uint32_t flags);
/* Says which node is the type object of a type. */
void hf_builder_set_type_node(struct hf_builder *builder, uint32_t type, hf_node_id node);
/* Adds an edge; edges of one source keep the order in which they are added. */
void hf_builder_add_edge(struct hf_builder *builder, hf_node_id source, hf_node_id target, enum hf_name_kind kind,
                         const char *text);
void hf_builder_add_str(struct hf_builder *builder, hf_node_id node, const char *utf8);
void hf_builder_add_int(struct hf_builder *builder, hf_node_id node, int64_t value);
/* Says that the characters of a str or bytes are those of `content`, the lowest node that has them (snapshot.h). */
void hf_builder_add_content(struct hf_builder *builder, hf_node_id node, hf_node_id content);
/* Says how many bytes a view shows; and what instances of a type take for attributes. In ascending order. */
void hf_builder_add_view(struct hf_builder *builder, hf_node_id node, uint64_t num_bytes);
void hf_builder_add_room(struct hf_builder *builder, struct hf_room_record room);
void hf_builder_add_root(struct hf_builder *builder, hf_node_id node, enum hf_root_kind kind, const char *name,
                         uint32_t frame);
/*
 * Adds a root of kind OUTSIDE: `count` references, which the capture saw in the field or on the stack `name`, or not.
 */
void hf_builder_add_outside(struct hf_builder *builder, hf_node_id node, uint32_t count, enum hf_name_kind name_kind,
                            const char *name);
uint32_t hf_builder_add_thread(struct hf_builder *builder, uint64_t ident, const char *name, bool is_asker);
uint32_t hf_builder_add_frame(struct hf_builder *builder, uint32_t thread, uint32_t depth, const char *function,
                              const char *file, uint32_t line);

/* Adds an allocation site and gives its index; the caller is an earlier one, HF_NO_SITE or HF_SITE_CUT. */
uint32_t hf_builder_add_site(struct hf_builder *builder, uint32_t caller, const char *file, uint32_t line,
                             const char *function);
/* Says where a node was made. */
void hf_builder_set_site(struct hf_builder *builder, hf_node_id node, uint32_t site);

/*
 * Ends the work: a validated snapshot in *out. Afterwards, and after a failure, the builder can only be destroyed.
 * Errors: NOMEM, FORMAT (what was added makes no snapshot), LIMIT (more than 65,536 names).
 */
HF_MUST_CHECK enum hf_status hf_builder_finish(struct hf_builder *builder, struct hf_snapshot **out,
                                               struct hf_error *error);

#endif
