/*
 * sites.c - where objects were made.
 *
 *   object ─▶ block (what lies before the object goes off its address) ─▶ traceback of tracemalloc
 *
 *   traceback   [a.py:3][b.py:7][main.py:1]      innermost first; equal ones are one for tracemalloc, at one address
 *   sites       0 main.py:1  caller: none        a tree from the outermost frames on: what many tracebacks share stands
 *               1 b.py:7     caller: 0           there once, and a traceback is its innermost frame
 *               2 a.py:3     caller: 1
 *
 * Things are numbered by hashes that are one to one: names of files by address, lines (file, line), sites (caller,
 * line), tracebacks by address. Texts alone are told by a hash of their content.
 *
 * tracemalloc does not keep functions. A line's function is the innermost code object that has the line in its table:
 * the one that begins last. The line of a `def` is in two tables, that of the function and that of the code around it,
 * and what is made there is mostly the function itself: a code object of several lines does not count for its first.
 *
 *   rows = [Row(x) for x in range(9)]     in load(): three frames, of which two have this line (before 3.12, and with a
 *                                         generator expression always)
 *   [a.py:3 Row] [a.py:7 <listcomp>] [a.py:7 load] [main.py:1 <module>]
 *
 * Which of them a frame is, its caller says: a comprehension is called by the function around it, at its own first line.
 * Of frames in a row with the same line the outermost is the function, the next one is within it, and after as many as
 * are within each other the function has called itself. A generator or lambda is called by whoever has it: where no
 * frame of the same line is within a frame, it is taken for it. So is what has no caller on record, and what is called
 * from the same file where the function would be the module.
 */
#include "capture/sites.h"

#include <xxhash.h>

#include "base/numbering.h"
#include "cpython/lines.h"
#include "cpython/size.h"
#include "cpython/traces.h"
#include "cpython/type_name.h"

#define MAX_TEXT_BYTES 4096

/* A line of a file, and the best code object for it so far. */
struct line {
    hf_text_id file;
    uint32_t number;
    uint64_t code;           /* 0: none */
    uint32_t code_start;
    uint64_t inner;          /* the best comprehension, generator expression or lambda; 0: none */
    uint32_t inner_start, num_inner;
    uint64_t last_inner;     /* that was offered */
    bool is_later;           /* inner: it runs when it is asked to, which may be elsewhere */
    bool is_module;          /* code */
};

/* Which frame of those in a row that have one line a site is: 0 is the function, others are within it. */
struct position {
    uint32_t depth;
    bool is_caller;          /* of a site on the same line */
};

struct sites {
    struct hf_walker *walker;
    struct hf_decoder decoder;       /* of the careful memory, for names of files */
    struct hf_traces traces;
    struct hf_numbering file_numbers, text_numbers, line_numbers, site_numbers, traceback_numbers;
    struct hf_region files;          /* hf_text_id by number of an address */
    struct hf_region texts;          /* hf_text_id by number of a content */
    struct hf_region lines;          /* struct line by number */
    struct hf_region site_lines;     /* uint32_t: the line of each site */
    struct hf_region tracebacks;     /* uint32_t by number: site + 1; 0: none */
    struct hf_region stack;          /* uint32_t: lines of the traceback being read */
    struct hf_region positions;      /* struct position of each site */
    hf_text_id unknown_file;         /* "<unknown>" */
    char text[MAX_TEXT_BYTES];
};

/* One to one, and all bits of the result depend on all of the argument (the finish of MurmurHash3). */
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    x = (x ^ x >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return x ^ x >> 33;
}

static bool fail(struct sites *sites) {
    if (sites->walker->failure == HF_OK)
        sites->walker->failure = HF_ERR_NOMEM;
    return false;
}

/* The number of a hash; *is_new tells that an element of the numbering's array is to be appended. 0: no memory. */
static uint32_t number_of(struct sites *sites, struct hf_numbering *numbering, uint64_t hash, bool *is_new) {
    uint32_t count = numbering->count, number = hf_number_of(numbering, hash);
    *is_new = number > count;
    if (number == 0)
        fail(sites);
    return number;
}

static uint32_t u32_at(const struct hf_region *region, size_t index) {
    return ((const uint32_t *)(const void *)region->data)[index];
}

/* ---- names of files ---- */

static bool read_filename(struct sites *sites, struct hf_decoder *decoder, uint64_t addr) {
    if (!decoder->layout->tracemalloc.plain_filenames || decoder != &sites->decoder)
        return hf_str_copy(decoder, addr, sites->text, sizeof sites->text);
    hf_memory_text(decoder->memory, addr, sites->text, sizeof sites->text);
    return true;
}

/* The text of a name, which is stored once however many objects have it. */
static hf_text_id add_text(struct sites *sites, const char *text) {
    size_t length = strlen(text);
    bool is_new;
    hf_text_id id = 0;
    uint32_t number = number_of(sites, &sites->text_numbers, XXH3_64bits(text, length), &is_new);
    if (number != 0 && !is_new)
        return u32_at(&sites->texts, number - 1);
    if (number == 0 || !hf_snapshot_add_text(sites->walker->snapshot, text, length, &id) ||
        !hf_walker_append(sites->walker, &sites->texts, &id, sizeof id))
        fail(sites);
    return id;
}

/* The file that an object or text names; 0 without memory. */
static hf_text_id file_of(struct sites *sites, struct hf_decoder *decoder, uint64_t filename) {
    bool is_new;
    uint32_t number = number_of(sites, &sites->file_numbers, mix(filename), &is_new);
    if (number == 0)
        return 0;
    if (!is_new)
        return u32_at(&sites->files, number - 1);
    hf_text_id id = add_text(sites, read_filename(sites, decoder, filename) ? sites->text : "?");
    hf_walker_append(sites->walker, &sites->files, &id, sizeof id);
    return id;
}

/* ---- tracebacks ---- */

/* The number of a line; 0 without memory. */
static uint32_t line_of(struct sites *sites, const struct hf_trace_frame *frame) {
    struct line line = {.file = file_of(sites, &sites->decoder, frame->filename), .number = frame->line};
    bool is_new;
    uint32_t number = number_of(sites, &sites->line_numbers, mix((uint64_t)line.file << 32 | line.number), &is_new);
    if (number != 0 && is_new && !hf_walker_append(sites->walker, &sites->lines, &line, sizeof line))
        return 0;
    return sites->walker->failure == HF_OK ? number : 0;
}

static bool read_frames(struct sites *sites, const struct hf_traceback *traceback) {
    sites->stack.used_bytes = 0;
    for (uint32_t i = 0; i < traceback->num_frames; i++) {
        struct hf_trace_frame frame;
        if (!hf_traceback_frame(&sites->traces, traceback, i, &frame))
            return false;
        uint32_t line = line_of(sites, &frame);
        if (line == 0 || !hf_walker_append(sites->walker, &sites->stack, &line, sizeof line))
            return false;
    }
    return true;
}

/* The site of a line that was called from another one; HF_NO_SITE without memory. */
static uint32_t site_of(struct sites *sites, uint32_t caller, uint32_t line) {
    bool is_new;
    uint32_t number = number_of(sites, &sites->site_numbers, mix((uint64_t)caller << 32 | line), &is_new);
    if (number == 0 || !is_new)
        return number - 1;
    const struct line *found = (const struct line *)(const void *)sites->lines.data + (line - 1);
    struct hf_site_record record = {.caller = caller, .line = found->number, .file = found->file};
    struct hf_region *column = &sites->walker->snapshot->columns[HF_COLUMN_sites].region;
    return hf_walker_append(sites->walker, column, &record, sizeof record) &&
                   hf_walker_append(sites->walker, &sites->site_lines, &line, sizeof line)
               ? number - 1
               : HF_NO_SITE;
}

/* What tracemalloc writes where no Python code ran. */
static bool is_nowhere(const struct sites *sites, const struct hf_traceback *traceback) {
    const struct line *lines = (const struct line *)(const void *)sites->lines.data;
    const struct line *first = &lines[u32_at(&sites->stack, 0) - 1];
    return traceback->num_frames == 1 && first->number == 0 && first->file == sites->unknown_file;
}

/* The site of a traceback that was not met before, as site + 1; 0: it has none, or cannot be read. */
static uint32_t add_traceback(struct sites *sites, const struct hf_traceback *traceback) {
    if (sites->site_numbers.count + traceback->num_frames > HF_MAX_SITES || !read_frames(sites, traceback) ||
        is_nowhere(sites, traceback))
        return 0;
    uint32_t site = traceback->is_cut ? HF_SITE_CUT : HF_NO_SITE;
    for (uint32_t i = traceback->num_frames; i-- > 0;) {
        site = site_of(sites, site, u32_at(&sites->stack, i));
        if (site == HF_NO_SITE)
            return 0;
    }
    return site + 1;
}

/* Site + 1 of a block; 0: it has none. */
static uint32_t find_site(struct sites *sites, uint64_t block) {
    struct hf_traceback traceback;
    bool is_new;
    if (!hf_traces_find(&sites->traces, block, &traceback))
        return 0;
    uint32_t number = number_of(sites, &sites->traceback_numbers, mix(traceback.addr), &is_new);
    if (number == 0)
        return 0;
    if (!is_new)
        return u32_at(&sites->tracebacks, number - 1);
    uint32_t site = add_traceback(sites, &traceback);
    hf_walker_append(sites->walker, &sites->tracebacks, &site, sizeof site);
    return site;
}

static void find_all(struct sites *sites) {
    struct hf_walker *walker = sites->walker;
    const uint32_t *keys = (const uint32_t *)(const void *)walker->node_key.data;
    const uint32_t *types = (const uint32_t *)(const void *)walker->node_type.data;
    size_t num_bytes = walker->num_nodes * sizeof(uint32_t);
    if (!hf_region_reserve(&walker->node_site, num_bytes + 1)) {
        fail(sites);
        return;
    }
    walker->node_site.used_bytes = num_bytes;
    uint32_t *out = (uint32_t *)(void *)walker->node_site.data;
    for (uint32_t i = 0; i < walker->num_nodes && walker->failure == HF_OK; i++) {
        const struct hf_type_plan *plan = walker->decoder.plans.in_order[types[i]];
        out[i] = find_site(sites, hf_heap_map_addr(&walker->map, keys[i]) - hf_size_before_object(plan));
    }
}

/* ---- functions ---- */

/* A code object whose lines are gone through. */
struct candidate {
    struct sites *sites;
    uint64_t code;
    hf_text_id file;
    uint32_t start;
    bool has_more_lines;
    bool is_comprehension, is_later, is_module;
};

static void see_line(void *context, uint32_t line) {
    struct candidate *candidate = context;
    candidate->has_more_lines |= line != candidate->start;
}

/* Code objects that are on a line are counted once, however often they come back to it. */
static void offer_inner(struct line *line, const struct candidate *candidate) {
    line->num_inner += line->last_inner != candidate->code;
    line->last_inner = candidate->code;
    if (line->inner != 0 && line->inner_start > candidate->start)
        return;
    line->inner = candidate->code;
    line->inner_start = candidate->start;
    line->is_later = candidate->is_later;
}

static void offer_line(void *context, uint32_t number) {
    struct candidate *candidate = context;
    struct sites *sites = candidate->sites;
    uint32_t found = hf_number_find(&sites->line_numbers, mix((uint64_t)candidate->file << 32 | number));
    bool is_definition = number == candidate->start && candidate->has_more_lines && !candidate->is_comprehension;
    if (found == 0 || is_definition)
        return;
    struct line *line = (struct line *)(void *)sites->lines.data + (found - 1);
    if (candidate->is_comprehension || candidate->is_later) {
        offer_inner(line, candidate);
        return;
    }
    if (line->code != 0 && line->code_start > candidate->start)
        return;
    line->code = candidate->code;
    line->code_start = candidate->start;
    line->is_module = candidate->is_module;
}

static void offer_code(struct sites *sites, uint64_t code) {
    struct hf_decoder *decoder = &sites->walker->decoder;
    const struct hf_layout *layout = decoder->layout;
    struct candidate candidate = {
        .sites = sites,
        .code = code,
        .file = file_of(sites, decoder, hf_memory_word(decoder->memory, code + layout->code.filename)),
        .start = (uint32_t)hf_memory_word(decoder->memory, code + layout->code.first_line),
    };
    uint64_t name = hf_memory_word(decoder->memory, code + layout->code.name);
    if (hf_str_copy(decoder, name, sites->text, sizeof sites->text)) {
        const char *text = sites->text;
        candidate.is_comprehension = strcmp(text, "<listcomp>") == 0 || strcmp(text, "<dictcomp>") == 0 ||
                                     strcmp(text, "<setcomp>") == 0;
        candidate.is_later = strcmp(text, "<genexpr>") == 0 || strcmp(text, "<lambda>") == 0;
        candidate.is_module = strcmp(text, "<module>") == 0;
    }
    if (hf_code_each_line(decoder, code, see_line, &candidate))
        hf_code_each_line(decoder, code, offer_line, &candidate);
}

static void find_functions(struct sites *sites) {
    struct hf_walker *walker = sites->walker;
    const uint32_t *keys = (const uint32_t *)(const void *)walker->node_key.data;
    const uint32_t *types = (const uint32_t *)(const void *)walker->node_type.data;
    for (uint32_t i = 0; i < walker->num_nodes && walker->failure == HF_OK; i++)
        if (walker->decoder.plans.in_order[types[i]]->kind == HF_KIND_CODE)
            offer_code(sites, hf_heap_map_addr(&walker->map, keys[i]));
}

static hf_text_id name_of(struct sites *sites, uint64_t code) {
    struct hf_decoder *decoder = &sites->walker->decoder;
    uint64_t name = hf_memory_word(decoder->memory, code + decoder->layout->code.qualname);
    return hf_str_copy(decoder, name, sites->text, sizeof sites->text) ? add_text(sites, sites->text) : 0;
}

static struct hf_site_record *records_of(const struct sites *sites) {
    return (struct hf_site_record *)(void *)sites->walker->snapshot->columns[HF_COLUMN_sites].region.data;
}

static const struct line *line_of_site(const struct sites *sites, uint32_t site) {
    return (const struct line *)(const void *)sites->lines.data + (u32_at(&sites->site_lines, site) - 1);
}

/* The caller of a site comes before it, and has its depth. */
static uint32_t find_depth(const struct sites *sites, const struct position *positions, uint32_t site) {
    const struct hf_site_record *records = records_of(sites);
    const struct line *line = line_of_site(sites, site);
    uint32_t caller = records[site].caller;
    if (line->inner == 0 || caller == HF_NO_SITE)
        return 0;
    if (caller == HF_SITE_CUT)
        return 1;
    const struct line *from = line_of_site(sites, caller);
    if (line->is_module && from->file == line->file)
        return 1;
    if (from == line)
        return records[caller].caller == HF_SITE_CUT ? 1 : (positions[caller].depth + 1) % (line->num_inner + 1);
    return !line->is_later && from->file == line->file && from->number == line->inner_start;
}

/* A line that is not the first of what is within is the function's only if a code object of one says so. */
static uint64_t find_code(const struct line *line, struct position position) {
    bool is_function = line->is_later ? position.is_caller : line->inner_start == line->number || line->code != 0;
    return line->inner == 0 || (position.depth == 0 && is_function) ? line->code : line->inner;
}

static void name_functions(struct sites *sites) {
    struct hf_walker *walker = sites->walker;
    struct hf_site_record *records = records_of(sites);
    uint32_t num_sites = sites->site_numbers.count;
    if (!hf_region_reserve(&sites->positions, (size_t)num_sites * sizeof(struct position) + 1)) {
        fail(sites);
        return;
    }
    struct position *positions = (struct position *)(void *)sites->positions.data;
    for (uint32_t i = 0; i < num_sites; i++) {
        positions[i].depth = find_depth(sites, positions, i);
        if (records[i].caller < i && line_of_site(sites, i) == line_of_site(sites, records[i].caller))
            positions[records[i].caller].is_caller = true;
    }
    for (uint32_t i = 0; i < num_sites && walker->failure == HF_OK; i++) {
        uint64_t code = find_code(line_of_site(sites, i), positions[i]);
        records[i].function = code != 0 ? name_of(sites, code) : 0;
    }
}

/* ---- the whole ---- */

static void deinit(struct sites *sites) {
    struct hf_numbering *numberings[] = {&sites->file_numbers, &sites->text_numbers, &sites->line_numbers,
                                         &sites->site_numbers, &sites->traceback_numbers};
    struct hf_region *regions[] = {&sites->files,      &sites->texts,      &sites->lines,
                                   &sites->site_lines, &sites->tracebacks, &sites->stack,
                                   &sites->positions};
    for (size_t i = 0; i < sizeof numberings / sizeof *numberings; i++)
        hf_numbering_deinit(numberings[i]);
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        hf_region_deinit(regions[i]);
}

void hf_walker_add_sites(struct hf_walker *walker) {
    struct sites *sites = hf_arena_alloc(&walker->arena, 1, sizeof *sites);
    if (sites == NULL) {
        walker->failure = HF_ERR_NOMEM;
        return;
    }
    sites->walker = walker;
    sites->decoder = walker->decoder;
    sites->decoder.memory = walker->site_memory;
    if (!hf_traces_open(&sites->traces, walker->site_memory, walker->site_table))
        return;
    sites->unknown_file = add_text(sites, "<unknown>");
    find_all(sites);
    find_functions(sites);
    name_functions(sites);
    deinit(sites);
    /* A table of no block that we know is as good as none. */
    if (walker->snapshot->columns[HF_COLUMN_sites].region.used_bytes == 0)
        walker->node_site.used_bytes = 0;
}
