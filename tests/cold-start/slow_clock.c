// A monotonic clock that runs a hundred times slower: under valgrind a function must not give up waiting.

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
    const long told = syscall(SYS_clock_gettime, clock, now);
    if (told == 0 && clock == CLOCK_MONOTONIC) {
        const long long slow = (now->tv_sec * 1000000000LL + now->tv_nsec) / 100;
        now->tv_sec = slow / 1000000000LL;
        now->tv_nsec = slow % 1000000000LL;
    }
    return (int)told;
}
