/* type_check.h - whether an address in another process is that of a type. */
#ifndef HF_CPYTHON_TYPE_CHECK_H
#define HF_CPYTHON_TYPE_CHECK_H

#include "cpython/types.h"

/*
 * True when everything about it is as in a type that is ready: the chain of metatypes ends in `type`, the chain of
 * bases in `object`, sizes are sane and the name can be printed. Words found in memory at random do not pass.
 */
bool hf_type_check(struct hf_type_plans *plans, uint64_t type);

#endif
