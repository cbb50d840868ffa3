package dev.morphene.gpu.nvml;

import com.sun.jna.Pointer;
import dev.morphene.protocol.job.GpuUuid;
import java.util.Optional;

/** What was found under one number when the devices were enumerated. */
public sealed interface NvmlSlot {
  /**
   * Jobs may run here: a GPU, or a MIG instance as a GPU of its own.
   *
   * @param index of the GPU; an instance has that of its parent
   * @param handle dies when MIG instances are made anew
   * @param parent of a MIG instance
   */
  record Device(int index, Pointer handle, GpuUuid gpu, String model, Optional<GpuUuid> parent)
      implements NvmlSlot {}

  /** MIG is on, but no instance was made: there is nothing that a job could use. */
  record EmptyParent(int index, GpuUuid gpu, String model) implements NvmlSlot {}

  /** The driver would not say which device this is. */
  record Failed(int index, NvmlFailure failure) implements NvmlSlot {}
}
