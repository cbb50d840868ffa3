package dev.morphene.gpu.nvml;

import com.sun.jna.Structure;

/** A process that computes on a device; 24 bytes long with 4 of padding after the process id. */
@Structure.FieldOrder({"pid", "usedGpuMemory", "gpuInstanceId", "computeInstanceId"})
public final class ProcessInfo extends Structure {
  /** In {@link #usedGpuMemory}: the driver does not tell. */
  public static final long NOT_AVAILABLE = 0xFFFF_FFFF_FFFF_FFFFL;

  /** Unsigned. */
  public int pid;

  /** Bytes, unsigned. */
  public long usedGpuMemory;

  public int gpuInstanceId;
  public int computeInstanceId;
}
