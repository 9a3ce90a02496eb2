/* version.c - the release of the library that is linked, which may differ from the headers a program was built with. */
#include <holdfast/holdfast.h>

const char *hf_version(void) {
    return HF_VERSION_STRING;
}
