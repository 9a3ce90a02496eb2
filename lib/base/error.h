/* error.h - filling in a struct hf_error. */
#ifndef HF_BASE_ERROR_H
#define HF_BASE_ERROR_H

#include <holdfast/holdfast.h>

/* Sets *error (NULL allowed) and gives `status` back, so that a failure is one line: return hf_fail(error, ...). */
HF_PRINTF(3, 4) enum hf_status hf_fail(struct hf_error *error, enum hf_status status, const char *format, ...);

/* HF_ERR_IO with errno: appends ": " and its text. */
HF_PRINTF(3, 4) enum hf_status hf_fail_errno(struct hf_error *error, int os_errno, const char *format, ...);

/* HF_ERR_NOMEM with the one message for it. */
enum hf_status hf_fail_nomem(struct hf_error *error);

#endif
