/* reader.h - opening a snapshot that is in memory already: for tests and the fuzzer. */
#ifndef HF_SNAPSHOT_READER_H
#define HF_SNAPSHOT_READER_H

#include "snapshot/snapshot.h"

/*
 * Like hf_snapshot_open, from the bytes of a file, which are copied. `name` stands in messages for the path.
 * Errors: as there.
 */
HF_MUST_CHECK enum hf_status hf_snapshot_open_bytes(const void *bytes, size_t num_bytes, const char *name,
                                                    const struct hf_open_options *options, struct hf_snapshot **out,
                                                    struct hf_error *error);

#endif
