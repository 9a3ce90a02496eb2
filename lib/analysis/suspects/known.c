/* known.c - patterns.txt as it is, with a NUL behind it. Paths are from the top of the tree, where make runs. */
#include "analysis/suspects/patterns.h"

__asm__(".pushsection .rodata\n"
        ".globl hf_known_patterns\n"
        ".hidden hf_known_patterns\n"
        ".type hf_known_patterns, %object\n"
        "hf_known_patterns:\n"
        ".incbin \"lib/analysis/suspects/patterns.txt\"\n"
        ".byte 0\n"
        ".popsection\n");
