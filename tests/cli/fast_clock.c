/* fast_clock.c - preloaded into a program, lets a fifth of a second pass whenever it asks for the time. */
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *out) {
    static long ticks;
    (void)clock;
    ticks++;
    *out = (struct timespec){1000 + ticks / 5, ticks % 5 * 200000000};
    return 0;
}
