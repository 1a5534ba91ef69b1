/* A slow disk for measurements: loaded with LD_PRELOAD, every fsync and fdatasync takes FSYNC_MS longer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_longer(void)
{
    static long extra = -1;

    if (extra < 0) {
        const char *given = getenv("FSYNC_MS");
        extra = given ? (long)(atof(given) * 1e6) : 0;
    }
    if (extra) {
        struct timespec pause = {extra / 1000000000L, extra % 1000000000L};
        nanosleep(&pause, NULL);
    }
}

int fsync(int file)
{
    static int (*real)(int);

    if (!real)
        real = dlsym(RTLD_NEXT, "fsync");
    int result = real(file);
    wait_longer();
    return result;
}

int fdatasync(int file)
{
    static int (*real)(int);

    if (!real)
        real = dlsym(RTLD_NEXT, "fdatasync");
    int result = real(file);
    wait_longer();
    return result;
}
