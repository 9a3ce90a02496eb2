/* glob.h - patterns of names: * any text, ? a character, [a-z] one of a set, [!a-z] none of it, \ quotes the next. */
#ifndef HF_ANALYSIS_GLOB_H
#define HF_ANALYSIS_GLOB_H

#include <holdfast/holdfast.h>

/* True when `text` as a whole fits the pattern. O(pattern * text) at worst, no recursion, no allocation. */
bool hf_glob_match(const char *pattern, const char *text, size_t length);

/* True when the text has a character that is special in a pattern. */
bool hf_glob_is_pattern(const char *text);

#endif
