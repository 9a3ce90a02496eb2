/* words.h - an argument that is one word or an iterable of words, such as avoid=. */
#ifndef HF_PYTHON_WORDS_H
#define HF_PYTHON_WORDS_H

#include "python/module.h"

/* Another thread cannot change them while the GIL is released: the tuple is ours. */
struct hf_words {
    PyObject *tuple;         /* of str */
    const char **words;      /* the same as C strings, borrowed from the tuple */
    size_t count;
};

/*
 * Reads `argument` (NULL: no words) of the keyword called `name`. False with an exception. Ends with hf_words_deinit,
 * also after a failure.
 */
bool hf_words_init(struct hf_words *words, const char *name, PyObject *argument);
void hf_words_deinit(struct hf_words *words);

#endif
