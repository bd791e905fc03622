/* Writes down every change of files below a folder, in order, so that a power cut can be played at any point: LD_PRELOAD for tests.
 * JOURNAL_UNDER: the folder. JOURNAL: the file that records are appended to (outside the folder).
 * Record: op, length of path, offset, length of data (little-endian u8 u16 u64 u32), path, data.
 * Ops: W write, T truncate (offset = size), S fsync of a file or folder, R rename (data = new path), U unlink, M mkdir, A a 250 went out (offset = peer port). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static void record(char op, const char *path, uint64_t offset, const void *data, uint32_t length) {
    static int out = -1;
    if (out < 0) {
        const char *name = getenv("JOURNAL");
        if (!name) return;
        out = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND, 0600);
    }
    unsigned char head[15];
    uint16_t n = (uint16_t)strlen(path);
    head[0] = (unsigned char)op;
    memcpy(head + 1, &n, 2);
    memcpy(head + 3, &offset, 8);
    memcpy(head + 11, &length, 4);
    struct iovec v[3] = {{head, sizeof head}, {(void *)path, n}, {(void *)data, length}};
    syscall(SYS_writev, out, v, 3); /* one append: whole, whatever other threads do */
}

static int below(const char *path) {
    const char *under = getenv("JOURNAL_UNDER");
    return under && path && strncmp(path, under, strlen(under)) == 0;
}

static const char *path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, path, 4095);
    path[n > 0 ? n : 0] = 0;
    return below(path) ? path : NULL;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *b, size_t n) {
    REAL(write);
    char p[4096];
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t done = real(fd, b, n);
    if (done > 0 && at >= 0 && path_of(fd, p)) record('W', p, (uint64_t)at, b, (uint32_t)done);
    return done;
}

static ssize_t positioned(ssize_t done, int fd, const void *b, off64_t at) {
    char p[4096];
    if (done > 0 && path_of(fd, p)) record('W', p, (uint64_t)at, b, (uint32_t)done);
    return done;
}
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { REAL(pwrite); return positioned(real(fd, b, n, o), fd, b, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { REAL(pwrite64); return positioned(real(fd, b, n, o), fd, b, o); }

static int synced(int done, int fd) {
    char p[4096];
    if (done == 0 && path_of(fd, p)) record('S', p, 0, "", 0);
    return done;
}
int fsync(int fd) { REAL(fsync); return synced(real(fd), fd); }
int fdatasync(int fd) { REAL(fdatasync); return synced(real(fd), fd); }

static int cut(int done, int fd, off64_t n) {
    char p[4096];
    if (done == 0 && path_of(fd, p)) record('T', p, (uint64_t)n, "", 0);
    return done;
}
int ftruncate(int fd, off_t n) { REAL(ftruncate); return cut(real(fd, n), fd, n); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); return cut(real(fd, n), fd, n); }

int rename(const char *a, const char *b) {
    REAL(rename);
    int done = real(a, b);
    if (done == 0 && below(b)) record('R', a, 0, b, (uint32_t)strlen(b));
    return done;
}
int unlink(const char *a) { REAL(unlink); int done = real(a); if (done == 0 && below(a)) record('U', a, 0, "", 0); return done; }
int mkdir(const char *a, mode_t m) { REAL(mkdir); int done = real(a, m); if (done == 0 && below(a)) record('M', a, 0, "", 0); return done; }

ssize_t send(int fd, const void *b, size_t n, int flags) {
    REAL(send);
    if (n < 4096 && memmem(b, n, "250 2.0.0 Kept", 14)) {
        struct sockaddr_in peer;
        socklen_t length = sizeof peer;
        if (getpeername(fd, (struct sockaddr *)&peer, &length) == 0) record('A', "", ntohs(peer.sin_port), "", 0);
    }
    return real(fd, b, n, flags);
}
