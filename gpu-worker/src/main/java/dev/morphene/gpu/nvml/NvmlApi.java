package dev.morphene.gpu.nvml;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * One Java method is one C symbol of NVIDIA's management library, suffix included: the header's
 * bare names are macros, and in the library they are the oldest layout. All answer a code of {@link
 * NvmlCode}. Device handles are valid between init and shutdown. Source: NVML API reference.
 */
public interface NvmlApi extends Library {
  /**
   * @param flags 1: do not fail when there is no GPU
   */
  int nvmlInitWithFlags(int flags);

  int nvmlInit_v2();

  /** Counted: every successful init needs exactly one. */
  int nvmlShutdown();

  /** For logs only; never null. */
  String nvmlErrorString(int code);

  /**
   * @param version receives text that ends with a zero; 80 bytes are enough
   * @param length of the buffer in bytes
   */
  int nvmlSystemGetDriverVersion(byte[] version, int length);

  /** Counts the physical GPUs that this process may see. */
  int nvmlDeviceGetCount_v2(IntByReference count);

  /**
   * @param index from 0; not stable across reboots
   */
  int nvmlDeviceGetHandleByIndex_v2(int index, PointerByReference device);

  /**
   * @param uuid receives {@code GPU-...} or {@code MIG-...}; 96 bytes are enough
   */
  int nvmlDeviceGetUUID(Pointer device, byte[] uuid, int length);

  /**
   * @param name 96 bytes are enough
   */
  int nvmlDeviceGetName(Pointer device, byte[] name, int length);

  int nvmlDeviceGetMemoryInfo(Pointer device, MemoryV1 memory);

  /** The caller sets the version word; with another one drivers answer 13. */
  int nvmlDeviceGetMemoryInfo_v2(Pointer device, MemoryV2 memory);

  /** Not supported where MIG is on. */
  int nvmlDeviceGetUtilizationRates(Pointer device, Utilisation utilisation);

  /**
   * @param count in: room in the array; out: processes there are, also with code 7
   */
  int nvmlDeviceGetComputeRunningProcesses_v3(
      Pointer device, IntByReference count, ProcessInfo[] processes);

  /**
   * @param current 1 when MIG is on
   * @param pending what a reset would make of it
   */
  int nvmlDeviceGetMigMode(Pointer device, IntByReference current, IntByReference pending);

  int nvmlDeviceGetMaxMigDeviceCount(Pointer device, IntByReference count);

  /** Answers 6 for an index that holds no instance. */
  int nvmlDeviceGetMigDeviceHandleByIndex(Pointer device, int index, PointerByReference slice);
}
