/*
 * A stand-in for libcuda.so.1 with the few functions that the preflight child calls. Its context takes CONTEXT_BYTES
 * from the GPU of fake_nvml.c, so that the whole path from a driver's free memory to a context's cost is run. It
 * cannot prove what a real driver answers, or what a real context costs.
 *
 * STUB_CUDA says how it behaves: nothing (works), "code N" (cuCtxCreate answers N), "hang", "abort".
 * -DNO_CONTEXT leaves cuCtxCreate_v2 out, as an older driver would.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONTEXT_BYTES (300ull << 20)

int cuInit(unsigned flags) {
  (void)flags;
  return 0;
}

int cuDeviceGetCount(int *count) {
  /* As CUDA does, it sees only what the environment lets it see. */
  const char *visible = getenv("CUDA_VISIBLE_DEVICES");
  *count = visible && !strncmp(visible, "GPU-", 4) ? 1 : 0;
  return 0;
}

int cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return 0;
}

#ifndef NO_CONTEXT
static int context;

static void take(uint64_t bytes) {
  const char *library = getenv("FAKE_NVML_LIBRARY");
  void *handle = library ? dlopen(library, RTLD_NOLOAD | RTLD_LAZY) : NULL;
  if (handle) {
    void (*fake_take)(const char *, uint64_t) = (void (*)(const char *, uint64_t))dlsym(handle, "fake_take");
    fake_take(getenv("CUDA_VISIBLE_DEVICES"), bytes);
  }
}

int cuCtxCreate_v2(void **out, unsigned flags, int device) {
  const char *behaviour = getenv("STUB_CUDA");
  int code;
  (void)flags;
  (void)device;
  if (behaviour && sscanf(behaviour, "code %d", &code) == 1) return code;
  if (behaviour && !strcmp(behaviour, "hang"))
    for (;;) pause();
  if (behaviour && !strcmp(behaviour, "abort")) abort();
  take(CONTEXT_BYTES);
  *out = &context;
  return 0;
}
#endif

int cuCtxDestroy_v2(void *unused) {
  (void)unused;
  return 0;
}
