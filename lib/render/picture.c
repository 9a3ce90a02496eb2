/*
 * picture.c - from a selection to DOT text, and from that to a file.
 *
 *   selection --> drawing (neighbourhood or chain, roots) --> DOT text --> layout in a child --> bytes --> file
 *                    ^ the tree of shortest paths: chains, and the path in each tooltip
 */
#include <holdfast/picture.h>

#include <string.h>
#include <strings.h>

#include "analysis/path/tree.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/options.h"
#include "render/chain.h"
#include "render/dot.h"
#include "render/neighbourhood.h"
#include "render/shade.h"

#define DEFAULT_DEPTH 4
#define DEFAULT_NEIGHBOURS 10
#define DEFAULT_NODES 60
#define PICTURE_MODE 0666

static void clamp(unsigned *value, unsigned fallback, unsigned max) {
    if (*value == 0)
        *value = fallback;
    if (*value > max)
        *value = max;
}

static enum hf_status read_options(const struct hf_picture_options *given, struct hf_picture_options *options,
                                   struct hf_error *error) {
    if (!hf_options_copy(options, sizeof *options, given))
        return hf_fail(error, HF_ERR_ARGUMENT, "struct_size of the picture's options is not set");
    if ((unsigned)options->direction > HF_PICTURE_CHAIN)
        return hf_fail(error, HF_ERR_ARGUMENT, "there is no direction %u of pictures", (unsigned)options->direction);
    clamp(&options->depth, DEFAULT_DEPTH, HF_PICTURE_MAX_NODES);
    clamp(&options->max_nodes, DEFAULT_NODES, HF_PICTURE_MAX_NODES);
    clamp(&options->max_neighbours, DEFAULT_NEIGHBOURS, options->max_nodes);
    return HF_OK;
}

/* What is needed to draw. */
struct workshop {
    const struct hf_tree *tree;      /* the snapshot's */
    struct hf_drawing drawing;
};

static void close_workshop(struct workshop *shop) {
    hf_drawing_deinit(&shop->drawing);
}

static enum hf_status open_workshop(struct workshop *shop, const struct hf_snapshot *snapshot,
                                    const struct hf_picture_options *options, struct hf_error *error) {
    enum hf_status status = hf_tree_get(snapshot, options->progress, &shop->tree, error);
    return status == HF_OK ? hf_drawing_init(&shop->drawing, snapshot, options, error) : status;
}

static enum hf_status choose(struct workshop *shop, const struct hf_selection *selection, struct hf_error *error) {
    enum hf_status status = shop->drawing.options.direction == HF_PICTURE_CHAIN
                                ? hf_chain_add(&shop->drawing, selection, &shop->tree->paths, &shop->tree->order,
                                               error)
                                : hf_neighbourhood_add(&shop->drawing, selection, error);
    if (status != HF_OK)
        return status;
    hf_drawing_mark_selection(&shop->drawing, selection);
    hf_drawing_add_roots(&shop->drawing, &shop->tree->order);
    return hf_shade_boxes(&shop->drawing, error);
}

static enum hf_status make_picture(const struct workshop *shop, const struct hf_selection *selection,
                                   struct hf_picture **out, struct hf_error *error) {
    struct hf_text text = HF_TEXT_INIT;
    hf_dot_add(&text, &shop->drawing, selection->description, &shop->tree->paths, &shop->tree->order);
    char *dot = hf_text_take(&text);
    struct hf_picture *picture = hf_alloc(1, sizeof *picture);
    if (dot == NULL || picture == NULL) {
        hf_free(dot);
        hf_free(picture);
        return hf_fail_nomem(error);
    }
    *picture = (struct hf_picture){
        .dot = dot,
        .num_nodes = shop->drawing.num_boxes,
        .num_edges = (size_t)shop->drawing.num_arrows + shop->drawing.num_roots,
        .num_omitted = hf_drawing_count_omitted(&shop->drawing, true) +
                       hf_drawing_count_omitted(&shop->drawing, false),
    };
    *out = picture;
    return HF_OK;
}

enum hf_status hf_picture_create(const struct hf_snapshot *snapshot, const struct hf_selection *selection,
                                 const struct hf_picture_options *given, struct hf_picture **out,
                                 struct hf_error *error) {
    struct hf_picture_options options = {0};
    enum hf_status status = read_options(given, &options, error);
    if (status != HF_OK)
        return status;
    struct workshop shop = {0};
    status = open_workshop(&shop, snapshot, &options, error);
    if (status == HF_OK)
        status = choose(&shop, selection, error);
    if (status == HF_OK)
        status = make_picture(&shop, selection, out, error);
    close_workshop(&shop);
    return status;
}

void hf_picture_destroy(struct hf_picture *picture) {
    if (picture == NULL)
        return;
    hf_free((char *)picture->dot);
    hf_free(picture);
}

enum hf_status hf_picture_format_of(const char *path, enum hf_picture_format *out, struct hf_error *error) {
    static const struct {
        const char *ending;
        enum hf_picture_format format;
    } formats[] = {{".svg", HF_PICTURE_SVG}, {".png", HF_PICTURE_PNG}, {".pdf", HF_PICTURE_PDF},
                   {".dot", HF_PICTURE_DOT}, {".gv", HF_PICTURE_DOT}};
    const char *slash = strrchr(path, '/');
    const char *ending = strrchr(slash != NULL ? slash : path, '.');
    for (size_t i = 0; ending != NULL && i < sizeof formats / sizeof formats[0]; i++)
        if (strcasecmp(ending, formats[i].ending) == 0) {
            *out = formats[i].format;
            return HF_OK;
        }
    return hf_fail(error, HF_ERR_ARGUMENT, "cannot tell the format of '%s': end its name in .svg, .png, .pdf or .dot",
                   path);
}

enum hf_status hf_picture_save(const struct hf_picture *picture, const char *path,
                               const struct hf_render_limits *limits, struct hf_error *error) {
    enum hf_picture_format format = HF_PICTURE_DOT;
    uint8_t *bytes = NULL;
    size_t num_bytes = 0;
    struct hf_file_writer writer = {0};
    enum hf_status status = hf_picture_format_of(path, &format, error);
    if (status == HF_OK)
        status = hf_picture_render(picture->dot, format, limits, &bytes, &num_bytes, error);
    if (status == HF_OK) /* not before: an interrupt during the layout leaves nothing behind */
        status = hf_file_writer_begin(&writer, path, PICTURE_MODE, error);
    if (status == HF_OK)
        status = hf_file_writer_write(&writer, bytes, num_bytes, error);
    if (status == HF_OK)
        status = hf_file_writer_commit(&writer, error);
    else
        hf_file_writer_abort(&writer);
    hf_free(bytes);
    return status;
}
