/*
 * A stand-in for libnvidia-ml.so.1, so that the Java binding is tested against a real shared library: loading, symbol
 * probing, struct layout, return codes, threads. Written from the table of symbols, layouts and codes in docs/gpu.md;
 * no NVIDIA header was copied. It is stricter than the mocks it could be compared with: a wrong version word, a null
 * buffer, a handle that died and a call outside init and shutdown are all refused.
 *
 * What it CANNOT prove, and RealNvmlIT or nobody does:
 *  - that NVIDIA's library returns these codes in these situations;
 *  - how long any call takes, idle, under load, or on a GPU that fell off the bus;
 *  - what MIG and MPS really do: instances re-made, permissions, memory that adds up;
 *  - which process ids a driver reports inside a container;
 *  - alignment on anything but x86-64, beyond the rule that fields align to their own size.
 *
 * Variants: -DOLD_DRIVER leaves out what old drivers lack.
 * At load, FAKE_NVML_GPU="UUID TOTAL RESERVED USED" adds one GPU, for child processes that nobody can call into.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  SUCCESS = 0,
  UNINITIALIZED = 1,
  INVALID_ARGUMENT = 2,
  NOT_SUPPORTED = 3,
  NOT_FOUND = 6,
  INSUFFICIENT_SIZE = 7,
  FUNCTION_NOT_FOUND = 13
};

typedef struct { uint64_t total, free, used; } memory_v1;
typedef struct { uint32_t version; uint64_t total, reserved, free, used; } memory_v2;
typedef struct { uint32_t pid; uint64_t used; uint32_t gpu_instance, compute_instance; } process_info;
typedef struct { uint32_t gpu, memory; } utilisation;
#define MEMORY_V2_VERSION (sizeof(memory_v2) | (2u << 24))

#define MAX_GPUS 16
#define MAX_SLOTS 4
#define MAX_PROCESSES 256
#define MAX_RULES 64

typedef struct device {
  int alive;
  char uuid[96], name[96];
  uint64_t total, reserved, used;
  int is_slice, mig_on;
  struct device *slots[MAX_SLOTS];
  process_info processes[MAX_PROCESSES];
  uint32_t process_count;
  int grow_calls;
} device;

typedef struct { char uuid[96], function[64]; int code; } rule;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static device pool[MAX_GPUS * (MAX_SLOTS + 2)];
static int pool_size;
static device *gpus[MAX_GPUS];
static uint32_t gpu_count;
static rule rules[MAX_RULES];
static int rule_count;
static int references, init_calls;

/* ---- control surface, which the real library does not have ---- */

static device *find(const char *uuid) {
  for (int i = 0; i < pool_size; i++)
    if (pool[i].alive && strcmp(pool[i].uuid, uuid) == 0) return &pool[i];
  return NULL;
}

static device *make(const char *uuid, const char *name, uint64_t total, uint64_t reserved, uint64_t used) {
  device *d = &pool[pool_size++];
  memset(d, 0, sizeof *d);
  d->alive = 1;
  snprintf(d->uuid, sizeof d->uuid, "%s", uuid);
  snprintf(d->name, sizeof d->name, "%s", name);
  d->total = total;
  d->reserved = reserved;
  d->used = used;
  return d;
}

void fake_reset(void) {
  pthread_mutex_lock(&lock);
  pool_size = 0;
  gpu_count = 0;
  rule_count = 0;
  references = 0;
  init_calls = 0;
  memset(pool, 0, sizeof pool);
  pthread_mutex_unlock(&lock);
}

void fake_add(const char *uuid, const char *name, uint64_t total, uint64_t reserved, uint64_t used) {
  pthread_mutex_lock(&lock);
  gpus[gpu_count++] = make(uuid, name, total, reserved, used);
  pthread_mutex_unlock(&lock);
}

/* A process takes memory, as a CUDA context would. */
void fake_take(const char *uuid, uint64_t bytes) {
  pthread_mutex_lock(&lock);
  device *d = find(uuid);
  if (d) d->used += bytes;
  pthread_mutex_unlock(&lock);
}

/* The driver lists one GPU less. */
void fake_remove_last(void) {
  pthread_mutex_lock(&lock);
  if (gpu_count) gpus[--gpu_count]->alive = 0;
  pthread_mutex_unlock(&lock);
}

/* An instance in the given slot; the slots before it may stay holes. */
void fake_mig(const char *parent, int slot, const char *uuid, uint64_t total, uint64_t used) {
  pthread_mutex_lock(&lock);
  device *p = find(parent);
  p->mig_on = 1;
  if (slot >= 0 && slot < MAX_SLOTS) {
    if (p->slots[slot]) p->slots[slot]->alive = 0;
    p->slots[slot] = make(uuid, p->name, total, 0, used);
    p->slots[slot]->is_slice = 1;
  }
  pthread_mutex_unlock(&lock);
}

void fake_proc(const char *uuid, uint32_t pid, uint64_t used) {
  pthread_mutex_lock(&lock);
  device *d = find(uuid);
  if (d->process_count < MAX_PROCESSES) {
    process_info info = {pid, used, 0xFFFFFFFFu, 0xFFFFFFFFu};
    d->processes[d->process_count++] = info;
  }
  pthread_mutex_unlock(&lock);
}

/* For the next calls the list has always outgrown the buffer by one. */
void fake_grow(const char *uuid, int calls) {
  pthread_mutex_lock(&lock);
  find(uuid)->grow_calls = calls;
  pthread_mutex_unlock(&lock);
}

/* From now on the function answers the code, for one GPU or, with an empty uuid, always; -1 ends that. */
void fake_return(const char *uuid, const char *function, int code) {
  pthread_mutex_lock(&lock);
  int i = 0;
  while (i < rule_count && (strcmp(rules[i].uuid, uuid) || strcmp(rules[i].function, function))) i++;
  if (i == rule_count && rule_count < MAX_RULES) rule_count++;
  snprintf(rules[i].uuid, sizeof rules[i].uuid, "%s", uuid);
  snprintf(rules[i].function, sizeof rules[i].function, "%s", function);
  rules[i].code = code;
  pthread_mutex_unlock(&lock);
}

int fake_refcount(void) { return references; }
int fake_init_calls(void) { return init_calls; }

int fake_sizeof(const char *name) {
  if (!strcmp(name, "MemoryV1")) return sizeof(memory_v1);
  if (!strcmp(name, "MemoryV2")) return sizeof(memory_v2);
  if (!strcmp(name, "ProcessInfo")) return sizeof(process_info);
  if (!strcmp(name, "Utilisation")) return sizeof(utilisation);
  return -1;
}

int fake_offsetof(const char *field) {
  if (!strcmp(field, "MemoryV1.free")) return offsetof(memory_v1, free);
  if (!strcmp(field, "MemoryV2.total")) return offsetof(memory_v2, total);
  if (!strcmp(field, "MemoryV2.reserved")) return offsetof(memory_v2, reserved);
  if (!strcmp(field, "MemoryV2.free")) return offsetof(memory_v2, free);
  if (!strcmp(field, "MemoryV2.used")) return offsetof(memory_v2, used);
  if (!strcmp(field, "ProcessInfo.usedGpuMemory")) return offsetof(process_info, used);
  if (!strcmp(field, "ProcessInfo.gpuInstanceId")) return offsetof(process_info, gpu_instance);
  if (!strcmp(field, "Utilisation.memory")) return offsetof(utilisation, memory);
  return -1;
}

__attribute__((constructor)) static void add_gpu_of_environment(void) {
  const char *text = getenv("FAKE_NVML_GPU");
  char uuid[96];
  unsigned long long total, reserved, used;
  if (text && sscanf(text, "%95s %llu %llu %llu", uuid, &total, &reserved, &used) == 4)
    fake_add(uuid, "Fake GPU", total, reserved, used);
}

/* ---- the library ---- */

static int ruled(const device *d, const char *function) {
  for (int i = 0; i < rule_count; i++)
    if (rules[i].code >= 0 && !strcmp(rules[i].function, function)
        && (!rules[i].uuid[0] || (d && !strcmp(rules[i].uuid, d->uuid))))
      return rules[i].code;
  return SUCCESS;
}

static int check_device(const device *d, const char *function) {
  if (references == 0) return UNINITIALIZED;
  if (d < pool || d >= pool + pool_size || !d->alive) return INVALID_ARGUMENT;
  return ruled(d, function);
}

static int copy(const char *from, char *to, uint32_t length) {
  if (!to) return INVALID_ARGUMENT;
  if (strlen(from) + 1 > length) return INSUFFICIENT_SIZE;
  strcpy(to, from);
  return SUCCESS;
}

#define LOCKED(expression)         \
  do {                             \
    pthread_mutex_lock(&lock);     \
    int answer_ = (expression);    \
    pthread_mutex_unlock(&lock);   \
    return answer_;                \
  } while (0)

static int init(const char *function) {
  init_calls++;
  int code = ruled(NULL, function);
  if (code == SUCCESS) references++;
  return code;
}

int nvmlInit_v2(void) { LOCKED(init("nvmlInit_v2")); }

static int end(void) {
  if (references == 0) return UNINITIALIZED;
  references--;
  return SUCCESS;
}

int nvmlShutdown(void) { LOCKED(end()); }

const char *nvmlErrorString(int code) { return code == 4242 ? "a code of tomorrow" : "a code"; }

static int driver_version(char *out, uint32_t length) {
  if (references == 0) return UNINITIALIZED;
  return copy("555.42.fake", out, length);
}

int nvmlSystemGetDriverVersion(char *out, uint32_t length) { LOCKED(driver_version(out, length)); }

static int count(uint32_t *out) {
  if (references == 0) return UNINITIALIZED;
  if (!out) return INVALID_ARGUMENT;
  int code = ruled(NULL, "nvmlDeviceGetCount_v2");
  if (code == SUCCESS) *out = gpu_count;
  return code;
}

int nvmlDeviceGetCount_v2(uint32_t *out) { LOCKED(count(out)); }

static int handle(uint32_t index, device **out) {
  if (references == 0) return UNINITIALIZED;
  if (!out || index >= gpu_count) return INVALID_ARGUMENT;
  int code = ruled(gpus[index], "nvmlDeviceGetHandleByIndex_v2");
  if (code == SUCCESS) *out = gpus[index];
  return code;
}

int nvmlDeviceGetHandleByIndex_v2(uint32_t index, device **out) { LOCKED(handle(index, out)); }

static int text(device *d, const char *function, const char *from, char *out, uint32_t length) {
  int code = check_device(d, function);
  return code == SUCCESS ? copy(from, out, length) : code;
}

int nvmlDeviceGetUUID(device *d, char *out, uint32_t length) {
  LOCKED(text(d, "nvmlDeviceGetUUID", d->uuid, out, length));
}

int nvmlDeviceGetName(device *d, char *out, uint32_t length) {
  LOCKED(text(d, "nvmlDeviceGetName", d->name, out, length));
}

static int memory1(device *d, memory_v1 *out) {
  int code = check_device(d, "nvmlDeviceGetMemoryInfo");
  if (code != SUCCESS) return code;
  if (!out) return INVALID_ARGUMENT;
  out->total = d->total;
  out->free = d->total - d->reserved - d->used;
  out->used = d->reserved + d->used;
  return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(device *d, memory_v1 *out) {
  LOCKED(memory1(d, out));
}

static int rates(device *d, utilisation *out) {
  int code = check_device(d, "nvmlDeviceGetUtilizationRates");
  if (code != SUCCESS) return code;
  if (!out) return INVALID_ARGUMENT;
  if (d->is_slice || d->mig_on) return NOT_SUPPORTED;
  out->gpu = 37;
  out->memory = 11;
  return SUCCESS;
}

int nvmlDeviceGetUtilizationRates(device *d, utilisation *out) { LOCKED(rates(d, out)); }

#ifndef OLD_DRIVER

int nvmlInitWithFlags(uint32_t flags) {
  if (flags != 1) return INVALID_ARGUMENT;
  LOCKED(init("nvmlInitWithFlags"));
}

static int memory2(device *d, memory_v2 *out) {
  int code = check_device(d, "nvmlDeviceGetMemoryInfo_v2");
  if (code != SUCCESS) return code;
  if (!out) return INVALID_ARGUMENT;
  if (out->version != MEMORY_V2_VERSION) return FUNCTION_NOT_FOUND;
  out->total = d->total;
  out->reserved = d->reserved;
  out->free = d->total - d->reserved - d->used;
  out->used = d->used;
  return SUCCESS;
}

int nvmlDeviceGetMemoryInfo_v2(device *d, memory_v2 *out) {
  LOCKED(memory2(d, out));
}

static int processes(device *d, uint32_t *size, process_info *out) {
  int code = check_device(d, "nvmlDeviceGetComputeRunningProcesses_v3");
  if (code != SUCCESS) return code;
  if (!size) return INVALID_ARGUMENT;
  if (d->grow_calls > 0) {
    d->grow_calls--;
    *size = *size + 1;
    return INSUFFICIENT_SIZE;
  }
  if (*size < d->process_count) {
    *size = d->process_count;
    return INSUFFICIENT_SIZE;
  }
  if (!out && d->process_count > 0) return INVALID_ARGUMENT;
  *size = d->process_count;
  if (d->process_count) memcpy(out, d->processes, d->process_count * sizeof *out);
  return SUCCESS;
}

int nvmlDeviceGetComputeRunningProcesses_v3(device *d, uint32_t *size, process_info *out) {
  LOCKED(processes(d, size, out));
}

static int mig_mode(device *d, uint32_t *current, uint32_t *pending) {
  int code = check_device(d, "nvmlDeviceGetMigMode");
  if (code != SUCCESS) return code;
  if (!current || !pending) return INVALID_ARGUMENT;
  if (!d->mig_on) return NOT_SUPPORTED;
  *current = *pending = 1;
  return SUCCESS;
}

int nvmlDeviceGetMigMode(device *d, uint32_t *current, uint32_t *pending) {
  LOCKED(mig_mode(d, current, pending));
}

static int max_slots(device *d, uint32_t *out) {
  int code = check_device(d, "nvmlDeviceGetMaxMigDeviceCount");
  if (code != SUCCESS) return code;
  if (!out) return INVALID_ARGUMENT;
  *out = MAX_SLOTS;
  return SUCCESS;
}

int nvmlDeviceGetMaxMigDeviceCount(device *d, uint32_t *out) { LOCKED(max_slots(d, out)); }

static int slice(device *d, uint32_t index, device **out) {
  int code = check_device(d, "nvmlDeviceGetMigDeviceHandleByIndex");
  if (code != SUCCESS) return code;
  if (!out || index >= MAX_SLOTS) return INVALID_ARGUMENT;
  if (!d->slots[index]) return NOT_FOUND;
  *out = d->slots[index];
  return SUCCESS;
}

int nvmlDeviceGetMigDeviceHandleByIndex(device *d, uint32_t index, device **out) {
  LOCKED(slice(d, index, out));
}

#endif
