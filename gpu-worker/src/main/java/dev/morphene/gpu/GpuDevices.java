package dev.morphene.gpu;

import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.job.GpuUuid;
import java.util.List;
import java.util.Optional;

/** The devices of a node, as they were last read; never waits for a driver. */
@FunctionalInterface
public interface GpuDevices {
  List<GpuDevice> now();

  /**
   * An attempt on the device has ended.
   *
   * @param failure absent when it was completed
   */
  default void attemptEnded(GpuUuid gpu, Optional<ErrorClass> failure) {}
}
