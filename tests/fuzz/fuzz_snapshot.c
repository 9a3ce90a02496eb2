/*
 * fuzz_snapshot.c - bytes as a snapshot file.
 *
 * Property: whatever the bytes are, opening them ends with a snapshot or with an error that has a message, in bounded
 * memory and without reading outside of them. What opens is consistent: every index that it gives out is in range,
 * every node is found at its address, every text ends, every value and name prints within its buffer. The questions that
 * read sections of their own (sites, native, waste) end with an answer, in bounded memory as well.
 *
 * Checksums stop nearly all mutations, so the bytes are tried twice: as they are, and with checksums that are right.
 */
#include <stdlib.h>
#include <string.h>

#include <holdfast/native.h>
#include <holdfast/sites.h>
#include <holdfast/waste.h>
#include <xxhash.h>

#include "snapshot/format.h"
#include "snapshot/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes);

#define MEMORY_LIMIT (16u << 20)
#define MAX_PRINTED 200u   /* printing costs as much as a row is long */

static void require(bool condition) {
    if (!condition)
        abort();
}

static void check_text(const char *text) {
    require(strlen(text) < MEMORY_LIMIT);
}

static void check_node(const struct hf_snapshot *snapshot, hf_node_id id) {
    struct hf_node node = hf_snapshot_get_node(snapshot, id);
    require(node.type < hf_snapshot_num_types(snapshot));
    require(hf_snapshot_find_addr(snapshot, node.addr) == id);
    for (uint32_t i = 0; i < node.num_edges; i++) {
        struct hf_edge edge = hf_snapshot_get_edge(snapshot, node.first_edge + i);
        require(edge.target < hf_snapshot_num_nodes(snapshot) && edge.kind < HF_NAME_NUM_KINDS);
        require(edge.text[edge.text_length] == '\0');
    }
}

static void print_node(const struct hf_snapshot *snapshot, hf_node_id id) {
    char buffer[64];
    struct hf_node node = hf_snapshot_get_node(snapshot, id);
    size_t length = hf_snapshot_print_value(snapshot, id, 40, buffer, sizeof buffer);
    require(strlen(buffer) == (length < sizeof buffer ? length : sizeof buffer - 1));
    for (uint32_t i = 0; i < node.num_edges && i < MAX_PRINTED; i++) {
        length = hf_snapshot_print_edge(snapshot, id, node.first_edge + i, buffer, sizeof buffer);
        require(strlen(buffer) <= length && length > 0);
    }
}

static void check_roots(const struct hf_snapshot *snapshot) {
    for (uint32_t i = 0; i < hf_snapshot_num_roots(snapshot); i++) {
        struct hf_root root = hf_snapshot_get_root(snapshot, i);
        require(root.node < hf_snapshot_num_nodes(snapshot) && root.kind < HF_ROOT_NUM_KINDS);
        require(root.frame == HF_NO_FRAME || root.frame < hf_snapshot_num_frames(snapshot));
        check_text(root.name);
    }
    for (uint32_t i = 0; i < hf_snapshot_num_frames(snapshot); i++) {
        struct hf_frame frame = hf_snapshot_get_frame(snapshot, i);
        check_text(hf_snapshot_get_thread(snapshot, frame.thread).name);
        check_text(frame.function);
        check_text(frame.file);
    }
}

/* Following the callers of a site ends. */
static void check_sites(const struct hf_snapshot *snapshot) {
    uint32_t num_sites = hf_snapshot_num_sites(snapshot);
    for (uint32_t i = 0; i < num_sites; i++) {
        struct hf_site site = hf_snapshot_get_site(snapshot, i);
        require(site.caller == HF_NO_SITE || (site.caller < i && !site.is_cut));
        check_text(site.file);
        check_text(site.function);
    }
    for (hf_node_id node = 0; node < hf_snapshot_num_nodes(snapshot); node++) {
        uint32_t site = hf_snapshot_site_of(snapshot, node);
        require(site == HF_NO_SITE || site < num_sites);
    }
}

static void ask(const struct hf_snapshot *snapshot) {
    struct hf_sites *sites = NULL;
    struct hf_native *native = NULL;
    struct hf_waste *waste = NULL;
    enum hf_status status = hf_sites_create(snapshot, NULL, &sites, NULL);
    require(status == (hf_snapshot_num_sites(snapshot) > 0 ? HF_OK : HF_NOT_FOUND));
    require(hf_native_create(snapshot, NULL, NULL, &native, NULL) == HF_OK);
    require(hf_waste_create(snapshot, NULL, &waste, NULL) == HF_OK);
    for (size_t i = 0; status == HF_OK && i < sites->num_rows; i++)
        check_text(sites->rows[i].file);
    if (status == HF_OK)
        hf_sites_destroy(sites);
    hf_native_destroy(native);
    hf_waste_destroy(waste);
}

static void check_snapshot(const struct hf_snapshot *snapshot) {
    const struct hf_origin *origin = hf_snapshot_get_origin(snapshot);
    uint32_t num_nodes = hf_snapshot_num_nodes(snapshot);
    check_text(origin->python);
    check_text(origin->method);
    check_text(origin->program);
    check_text(origin->platform);
    for (uint32_t i = 0; i < hf_snapshot_num_types(snapshot); i++) {
        struct hf_type type = hf_snapshot_get_type(snapshot, i);
        require(type.node == HF_NO_NODE || type.node < num_nodes);
        check_text(type.name);
        check_text(type.module);
    }
    check_roots(snapshot);
    check_sites(snapshot);
    for (uint32_t i = 0; i < num_nodes; i++)
        check_node(snapshot, i);
    for (uint32_t i = 0; i < num_nodes && i < MAX_PRINTED; i++)
        print_node(snapshot, i);
    ask(snapshot);
}

static void try_open(const uint8_t *bytes, size_t num_bytes) {
    const struct hf_open_options options = {.struct_size = sizeof options, .max_memory_bytes = MEMORY_LIMIT};
    struct hf_snapshot *snapshot = NULL;
    struct hf_error error = {0};
    enum hf_status status = hf_snapshot_open_bytes(bytes, num_bytes, "input", &options, &snapshot, &error);
    require((status == HF_OK) == (snapshot != NULL));
    require(status == HF_OK || (error.status == status && error.message[0] != '\0'));
    if (snapshot != NULL)
        check_snapshot(snapshot);
    hf_snapshot_destroy(snapshot);
}

/* Makes every checksum and the length right, as far as the bytes go. */
static void repair(uint8_t *bytes, size_t num_bytes) {
    struct hf_format_header header;
    struct hf_format_section section;
    memcpy(&header, bytes, sizeof header);
    if (header.num_sections > (num_bytes - sizeof header) / sizeof section)
        return;
    for (uint32_t i = 0; i < header.num_sections; i++) {
        uint8_t *at = bytes + sizeof header + i * sizeof section;
        memcpy(&section, at, sizeof section);
        if (section.offset <= num_bytes && section.stored_bytes <= num_bytes - section.offset)
            section.checksum = XXH3_64bits(bytes + section.offset, section.stored_bytes);
        memcpy(at, &section, sizeof section);
    }
    header.file_bytes = num_bytes;
    header.table_checksum = XXH3_64bits(bytes + sizeof header, header.num_sections * sizeof section);
    header.header_checksum = XXH3_64bits(&header, offsetof(struct hf_format_header, header_checksum));
    memcpy(bytes, &header, sizeof header);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t num_bytes) {
    try_open(bytes, num_bytes);
    if (num_bytes < sizeof(struct hf_format_header))
        return 0;
    uint8_t *repaired = malloc(num_bytes);
    require(repaired != NULL);
    memcpy(repaired, bytes, num_bytes);
    repair(repaired, num_bytes);
    try_open(repaired, num_bytes);
    free(repaired);
    return 0;
}
