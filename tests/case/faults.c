/* Preloaded: the n-th call of one name on a file below a folder fails with an error of choice.
   FAULT_CALL names it, FAULT_AT counts from 1, FAULT_ERROR is the errno, FAULT_UNDER the folder. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <dirent.h>
#include <unistd.h>

static int seen;
int fault_seen(void) { int n = seen; seen = 0; return n; }

static int below(const char *path) {
  const char *folder = getenv("FAULT_UNDER");
  return folder && path && !strncmp(path, folder, strlen(folder));
}

static int below_fd(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = 0;
  return below(path);
}

static int fails(const char *call, int ours) {
  const char *wanted = getenv("FAULT_CALL");
  if (!wanted || !ours || strcmp(wanted, call)) return 0;
  if (++seen != atoi(getenv("FAULT_AT"))) return 0;
  errno = atoi(getenv("FAULT_ERROR"));
  return 1;
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *b, size_t n) {
  if (fails("short write", below_fd(fd))) return REAL(ssize_t, write, int, const void *, size_t)(fd, b, n / 2);
  return fails("write", below_fd(fd)) ? -1 : REAL(ssize_t, write, int, const void *, size_t)(fd, b, n);
}
ssize_t read(int fd, void *b, size_t n) {
  return fails("read", below_fd(fd)) ? -1 : REAL(ssize_t, read, int, void *, size_t)(fd, b, n);
}
int fsync(int fd) { return fails("fsync", below_fd(fd)) ? -1 : REAL(int, fsync, int)(fd); }
int close(int fd) {
  int failed = fails("close", below_fd(fd)), error = errno; /* as on Linux: closed all the same */
  int closed = REAL(int, close, int)(fd);
  if (failed) errno = error;
  return failed ? -1 : closed;
}
int flock(int fd, int how) { return fails("flock", below_fd(fd)) ? -1 : REAL(int, flock, int, int)(fd, how); }
int ftruncate64(int fd, off64_t n) {
  return fails("ftruncate", below_fd(fd)) ? -1 : REAL(int, ftruncate64, int, off64_t)(fd, n);
}
int rename(const char *a, const char *b) {
  return fails("rename", below(b)) ? -1 : REAL(int, rename, const char *, const char *)(a, b);
}
int link(const char *a, const char *b) {
  return fails("link", below(b)) ? -1 : REAL(int, link, const char *, const char *)(a, b);
}
int unlink(const char *a) { return fails("unlink", below(a)) ? -1 : REAL(int, unlink, const char *)(a); }
int rmdir(const char *a) { return fails("rmdir", below(a)) ? -1 : REAL(int, rmdir, const char *)(a); }
int mkdir(const char *a, mode_t mode) {
  return fails("mkdir", below(a)) ? -1 : REAL(int, mkdir, const char *, mode_t)(a, mode);
}
DIR *opendir(const char *a) { return fails("opendir", below(a)) ? NULL : REAL(DIR *, opendir, const char *)(a); }
struct stat64;
int stat64(const char *a, struct stat64 *b) {
  return fails("stat", below(a)) ? -1 : REAL(int, stat64, const char *, struct stat64 *)(a, b);
}
int lstat64(const char *a, struct stat64 *b) {
  return fails("stat", below(a)) ? -1 : REAL(int, lstat64, const char *, struct stat64 *)(a, b);
}
int fstat64(int fd, struct stat64 *b) {
  return fails("stat", below_fd(fd)) ? -1 : REAL(int, fstat64, int, struct stat64 *)(fd, b);
}
int open64(const char *path, int flags, ...) {
  va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest);
  return fails("open", below(path)) ? -1 : REAL(int, open64, const char *, int, ...)(path, flags, mode);
}
int open(const char *path, int flags, ...) {
  va_list rest; va_start(rest, flags); int mode = va_arg(rest, int); va_end(rest);
  return fails("open", below(path)) ? -1 : REAL(int, open, const char *, int, ...)(path, flags, mode);
}
