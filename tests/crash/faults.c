/* Makes the Nth write, fsync, truncate or rename below a folder fail, once: LD_PRELOAD for tests.
 * FAULT_UNDER: the folder. FAULT_CONTROL: a file with N and an errno ("17 28"); it counts down and is removed when it strikes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int strikes(const char *path) {
    const char *under = getenv("FAULT_UNDER"), *control = getenv("FAULT_CONTROL");
    char text[64];
    int n, error;
    if (!under || !control || !path || strncmp(path, under, strlen(under)) != 0) return 0;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDWR);
    if (fd < 0) return 0;
    ssize_t got = syscall(SYS_read, fd, text, sizeof text - 1);
    text[got > 0 ? got : 0] = 0;
    if (sscanf(text, "%d %d", &n, &error) != 2) n = 0, error = 0;
    if (n > 1) {
        int length = snprintf(text, sizeof text, "%d %d\n", n - 1, error);
        syscall(SYS_ftruncate, fd, 0);
        syscall(SYS_pwrite64, fd, text, length, 0);
        error = 0;
    } else {
        syscall(SYS_unlinkat, AT_FDCWD, control, 0);
    }
    syscall(SYS_close, fd);
    if (error) errno = error;
    return error;
}

static int strikes_fd(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strikes(path);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *b, size_t n) { REAL(write); return strikes_fd(fd) ? -1 : real(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { REAL(pwrite); return strikes_fd(fd) ? -1 : real(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { REAL(pwrite64); return strikes_fd(fd) ? -1 : real(fd, b, n, o); }
int fsync(int fd) { REAL(fsync); return strikes_fd(fd) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return strikes_fd(fd) ? -1 : real(fd); }
int ftruncate(int fd, off_t n) { REAL(ftruncate); return strikes_fd(fd) ? -1 : real(fd, n); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); return strikes_fd(fd) ? -1 : real(fd, n); }
int rename(const char *a, const char *b) { REAL(rename); return strikes(b) ? -1 : real(a, b); }
