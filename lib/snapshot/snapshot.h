/*
 * snapshot.h - the columns of a snapshot, as capture fills them, the file stores them and graph reads them.
 *
 *   node       0        1        2   ...            sorted by key
 *   key       [k0      |k1      |k2  ...  ]         where it lies, see below
 *   type      [t0      |t1      |t2  ...  ]         index into `types`
 *   size      [ 56     | BIG    | 64 ...  ]         bytes; BIG: look in big_sizes
 *   site      [ 0      | s1 + 1 | s2 + 1  ]         index into `sites`, 0: none; empty without allocation sites
 *   refcount, flags
 *   row       [0       |3       |3   ... |num_edges]   num_nodes + 1 entries
 *               |         \_ node 1 has no edges
 *   target    [7 |9 |4 | ...          ]             node ids
 *   name      [A |K |V | ...          ]             codes: index into `names`
 *
 * Invariants (hf_snapshot_validate checks them all): keys ascend strictly; row ascends from 0 to num_edges; targets,
 * types, names, texts, frames and sites are in range; a VALUE edge follows a KEY edge of the same row; the caller of a
 * site stands before it.
 *
 * A key is an address in 32 bits: chunk << 16 | granule. chunk indexes `chunk_base`; the address is chunk_base[chunk] +
 * granule * 16. Chunks are 1 MiB wide and aligned; a chunk whose base is 8 mod 16 holds the objects at 8 mod 16 (static
 * ones). chunk_base ascends, so keys ascend with addresses but for the two kinds inside one MiB.
 *
 * Texts: `text` is an offset into `strings`, where a varint length is followed by that many bytes (UTF-8, surrogates
 * as WTF-8) and a NUL. Offset 0 is the empty text.
 */
#ifndef HF_SNAPSHOT_SNAPSHOT_H
#define HF_SNAPSHOT_SNAPSHOT_H

#include <holdfast/sites.h>
#include <holdfast/snapshot.h>

#include "base/memory.h"
#include "snapshot/derived.h"

#define HF_SIZE_BIG UINT32_MAX
#define HF_KEY_GRANULE_BITS 16
#define HF_CHUNK_BYTES (UINT64_C(1) << 20)
#define HF_GRANULE_BYTES 16
#define HF_MAX_CHUNKS 65535u
#define HF_MAX_EDGES (UINT32_MAX - 1)
#define HF_MAX_NODES (UINT32_MAX - 1)

typedef uint32_t hf_text_id;

struct hf_big_size {
    uint32_t node;
    uint32_t reserved;
    uint64_t size_bytes;
};

struct hf_type_record {
    uint32_t node;           /* HF_NO_NODE if it is not a node */
    uint32_t flags;          /* HF_TYPE_* */
    hf_text_id name;         /* "shop.cache.Cache"; builtins bare */
    hf_text_id module;
};

struct hf_name_record {
    hf_text_id text;
    uint8_t kind;            /* enum hf_name_kind */
    uint8_t flags;           /* HF_NAME_EXTRA */
    uint16_t reserved;
};

struct hf_root_record {
    uint32_t node;
    uint32_t count;
    uint32_t frame;          /* HF_NO_FRAME if none */
    hf_text_id name;
    uint8_t kind;            /* enum hf_root_kind */
    uint8_t name_kind;       /* enum hf_name_kind */
    uint16_t flags;          /* HF_ROOT_COUNTED */
};

#define HF_ROOT_COUNTED 1u   /* FRAME: a reference of its own, which counts in the reference count of the object */

struct hf_thread_record {
    uint64_t ident;
    uint64_t native_id;
    hf_text_id name;
    uint32_t is_asker;
};

struct hf_frame_record {
    uint32_t thread;
    uint32_t depth;
    uint32_t line;
    hf_text_id function;
    hf_text_id file;
};

/*
 * The values of str, bytes, int and float objects, sorted by node. `at` is an offset into `previews`:
 * a tag byte, then
 *   'S' / 'B' / 'Y'  str (UTF-8) / bytes / bytearray: varint length in characters of the whole value, varint number of
 *               bytes kept, the bytes. It is cut where the kept characters are fewer than the length.
 *   'I'         int: zigzag varint (fits in 64 bits)
 *   'L'         larger int: varint number of bits, a sign byte ('+' or '-')
 *   'F'         float: 8 bytes, IEEE little endian
 *   'C'         complex: 16 bytes
 *   'T'/'f'     True / False
 * A key of a dict is kept whole up to 64 KiB.
 */
struct hf_preview_record {
    uint32_t node;
    uint32_t at;
};

/*
 * A line of a program at which memory was asked for, and the call that led there. Without tracemalloc there are none.
 */
struct hf_site_record {
    uint32_t caller;         /* an earlier record; HF_NO_SITE: it was the outermost frame, HF_SITE_CUT: not recorded */
    uint32_t line;           /* 0 if unknown */
    hf_text_id file;
    hf_text_id function;     /* 0 if unknown */
};
#define HF_SITE_CUT (UINT32_MAX - 1)

/*
 * The str and bytes objects that are longer than a preview (64 characters) and have an equal, sorted by node: `content`
 * is the lowest node whose characters are the same, whatever its type. One that is not here has no equal, if
 * origin.has_contents.
 */
struct hf_content_record {
    uint32_t node;
    uint32_t content;
};

/* What a memoryview or an array that has no memory of its own shows of another object's, sorted by node. */
struct hf_view_record {
    uint32_t node;
    uint32_t reserved;
    uint64_t num_bytes;
};

/*
 * What the instances of a class take for attributes that no __slots__ names, sorted by type: see cpython/extent.h. Only
 * classes that are written in Python with all their bases, and have no __slots__.
 */
struct hf_room_record {
    uint32_t type;
    uint32_t head_bytes;     /* of the size of each */
    uint32_t values_bytes;   /* beside the size of each */
    uint32_t is_inside;      /* 1: also when it has an attribute dict */
};

/* An array that the snapshot owns (region) or that lies in a mapped file (region.data == NULL). */
struct hf_column {
    const void *data;
    size_t count;
    struct hf_region region;
};

/* The columns by name: X(field, element type). The order is the order in the file. */
#define HF_SNAPSHOT_COLUMNS(X)                \
    X(chunk_base, uint64_t)                   \
    X(node_key, uint32_t)                     \
    X(node_type, uint32_t)                    \
    X(node_size, uint32_t)                    \
    X(node_refcount, uint32_t)                \
    X(node_flags, uint16_t)                   \
    X(row, uint32_t)                          \
    X(edge_target, uint32_t)                  \
    X(edge_name, uint16_t)                    \
    X(big_sizes, struct hf_big_size)          \
    X(types, struct hf_type_record)           \
    X(names, struct hf_name_record)           \
    X(roots, struct hf_root_record)           \
    X(threads, struct hf_thread_record)       \
    X(frames, struct hf_frame_record)         \
    X(preview_index, struct hf_preview_record)\
    X(previews, uint8_t)                      \
    X(strings, uint8_t)                       \
    X(node_site, uint32_t)                    \
    X(sites, struct hf_site_record)          \
    X(contents, struct hf_content_record)     \
    X(views, struct hf_view_record)           \
    X(rooms, struct hf_room_record)

enum hf_column_id {
#define X(field, type) HF_COLUMN_##field,
    HF_SNAPSHOT_COLUMNS(X)
#undef X
    HF_NUM_COLUMNS
};

struct hf_snapshot {
    uint32_t num_nodes;
    uint32_t num_edges;
    struct hf_column columns[HF_NUM_COLUMNS];
    struct hf_origin origin;         /* numbers are set by the maker, texts by hf_snapshot_seal */
    hf_text_id origin_python, origin_method, origin_program, origin_platform;
    void *mapping;                   /* of a plain file, or NULL */
    size_t mapping_bytes;
    hf_derived_slot derived[HF_NUM_DERIVED];  /* what was computed from all this */
    struct hf_cache *cache;          /* where it is kept for others (cache.h), or NULL */
};

/* Typed access: hf_col_node_type(snapshot)[id]. */
#define X(field, type)                                                                       \
    static inline const type *hf_col_##field(const struct hf_snapshot *snapshot) {           \
        return (const type *)snapshot->columns[HF_COLUMN_##field].data;                      \
    }                                                                                        \
    static inline size_t hf_num_##field(const struct hf_snapshot *snapshot) {                \
        return snapshot->columns[HF_COLUMN_##field].count;                                   \
    }
HF_SNAPSHOT_COLUMNS(X)
#undef X

/* The bytes of a text; *length may be NULL. Never fails on a validated snapshot. */
const char *hf_snapshot_get_text(const struct hf_snapshot *snapshot, hf_text_id text, size_t *length);

static inline uint64_t hf_snapshot_get_addr(const struct hf_snapshot *snapshot, hf_node_id node) {
    uint32_t key = hf_col_node_key(snapshot)[node];
    return hf_col_chunk_base(snapshot)[key >> HF_KEY_GRANULE_BITS] + (uint64_t)(key & 0xFFFFu) * HF_GRANULE_BYTES;
}

static inline uint64_t hf_snapshot_get_size(const struct hf_snapshot *snapshot, hf_node_id node) {
    uint32_t size = hf_col_node_size(snapshot)[node];
    return size != HF_SIZE_BIG ? size : hf_snapshot_get_node(snapshot, node).size_bytes;
}

/* The raw preview of a node (see struct hf_preview_record) or NULL. *end is the end of the section. O(log previews). */
const uint8_t *hf_snapshot_find_preview(const struct hf_snapshot *snapshot, hf_node_id node, const uint8_t **end);

/*
 * A str node's whole text, when the preview has all of it. For names and expressions. O(log previews).
 */
bool hf_snapshot_find_str(const struct hf_snapshot *snapshot, hf_node_id node, const char **utf8, size_t *length);

/* Checks every invariant above. Errors: FORMAT. O(nodes + edges) */
HF_MUST_CHECK enum hf_status hf_snapshot_validate(const struct hf_snapshot *snapshot, struct hf_error *error);

/* A snapshot with empty columns; the maker fills in the regions and then calls hf_snapshot_seal. */
struct hf_snapshot *hf_snapshot_create(void);
/* The same in memory of the caller, all zero. False: no memory. */
bool hf_snapshot_init(struct hf_snapshot *snapshot);
void hf_snapshot_deinit(struct hf_snapshot *snapshot);
/*
 * Seals what the caller has filled in and moves it out of the caller's memory. NULL: no memory, and nothing is moved.
 */
struct hf_snapshot *hf_snapshot_create_from(struct hf_snapshot *filled);
/* Points each column at its region: data and count (used_bytes / element size), and the origin at its texts. */
void hf_snapshot_seal(struct hf_snapshot *snapshot);

/*
 * Appends a text to the strings of a snapshot under construction and gives its id in *out. False: no memory.
 * hf_snapshot_create has put the empty text at offset 0.
 */
bool hf_snapshot_add_text(struct hf_snapshot *snapshot, const char *utf8, size_t length, hf_text_id *out);

#endif
