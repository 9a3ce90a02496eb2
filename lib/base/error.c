/*
 * error.c - fills in a struct hf_error.
 *
 * A message is one line of UTF-8: control characters, which a path may hold, become '?', and a message that does not
 * fit is cut between characters. So a caller can print it as it is.
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *hf_status_name(enum hf_status status) {
    switch (status) {
    case HF_OK: return "ok";
    case HF_NOT_FOUND: return "not found";
    case HF_ERR_NOMEM: return "out of memory";
    case HF_ERR_ARGUMENT: return "bad argument";
    case HF_ERR_IO: return "system error";
    case HF_ERR_FORMAT: return "bad format";
    case HF_ERR_VERSION: return "unknown version";
    case HF_ERR_TARGET: return "unfit target";
    case HF_ERR_UNSUPPORTED: return "unsupported";
    case HF_ERR_LIMIT: return "limit exceeded";
    case HF_ERR_CANCELLED: return "cancelled";
    case HF_ERR_RENDER: return "rendering failed";
    case HF_ERR_INTERNAL: return "internal error";
    }
    return "unknown status";
}

/* Takes off the bytes of a character that snprintf cut in two. */
static void drop_partial_character(char *message) {
    size_t length = strlen(message);
    size_t tail = 0;
    while (tail < length && tail < 3 && ((unsigned char)message[length - 1 - tail] & 0xC0) == 0x80)
        tail++;
    if (tail == length)
        return;
    unsigned char lead = (unsigned char)message[length - 1 - tail];
    size_t wanted = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (tail < wanted)
        message[length - 1 - tail] = '\0';
}

static void finish_message(struct hf_error *error, size_t full_length) {
    if (full_length >= sizeof error->message)
        drop_partial_character(error->message);
    for (char *c = error->message; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
}

HF_PRINTF(3, 0)
static size_t set_error(struct hf_error *error, enum hf_status status, const char *format, va_list arguments) {
    error->status = status;
    error->os_errno = 0;
    int length = vsnprintf(error->message, sizeof error->message, format, arguments);
    if (length < 0) {
        error->message[0] = '\0';
        return 0;
    }
    return (size_t)length;
}

enum hf_status hf_fail(struct hf_error *error, enum hf_status status, const char *format, ...) {
    if (error == NULL)
        return status;
    va_list arguments;
    va_start(arguments, format);
    size_t length = set_error(error, status, format, arguments);
    va_end(arguments);
    finish_message(error, length);
    return status;
}

enum hf_status hf_fail_errno(struct hf_error *error, int os_errno, const char *format, ...) {
    if (error == NULL)
        return HF_ERR_IO;
    va_list arguments;
    va_start(arguments, format);
    size_t length = set_error(error, HF_ERR_IO, format, arguments);
    va_end(arguments);
    error->os_errno = os_errno;
    if (length < sizeof error->message) {
        char room[128];
        int more = snprintf(error->message + length, sizeof error->message - length, ": %s",
                            strerror_r(os_errno, room, sizeof room));
        length += more > 0 ? (size_t)more : 0;
    }
    finish_message(error, length);
    return HF_ERR_IO;
}

enum hf_status hf_fail_nomem(struct hf_error *error) {
    return hf_fail(error, HF_ERR_NOMEM, "out of memory");
}
