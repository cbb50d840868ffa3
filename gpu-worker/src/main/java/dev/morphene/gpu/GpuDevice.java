package dev.morphene.gpu;

import dev.morphene.gpu.telemetry.GpuReading;
import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.util.Map;
import java.util.Optional;

/**
 * A device that jobs may run on, as it was last read.
 *
 * @param gpu as its driver names it; {@code CPU} for a node without one
 * @param engineDevice as the engine calls it: {@code cpu} or {@code cuda:0}
 * @param environment of a child that runs there: which GPU it sees
 * @param model for people and for envelopes
 * @param total memory that jobs can have, without what the driver keeps
 * @param free memory that nobody uses now, strangers counted; absent when it cannot be read or the
 *     reading is too old
 * @param jobsAtMost whatever their memory; a CPU runs one, since one training uses every core
 * @param source of the readings, for people
 * @param fenced why nothing may run there now; absent when it may
 */
public record GpuDevice(
    GpuUuid gpu,
    String engineDevice,
    Map<String, String> environment,
    String model,
    ByteSize total,
    Optional<ByteSize> free,
    int jobsAtMost,
    String source,
    Optional<String> fenced) {
  public GpuDevice {
    environment = Map.copyOf(environment);
    if (jobsAtMost < 1) {
      throw new IllegalArgumentException("A device runs at least one job, not " + jobsAtMost + ".");
    }
  }

  /** Whether {@code free} shrinks with what jobs take. */
  public boolean isMeasured() {
    return !source.equals(GpuReading.Source.CONFIGURED.name());
  }

  /** One that nothing keeps from being used, with readings that an operator or the host gives. */
  public static GpuDevice plain(
      GpuUuid gpu,
      String engineDevice,
      String model,
      ByteSize total,
      ByteSize free,
      int jobsAtMost,
      String source) {
    return new GpuDevice(
        gpu,
        engineDevice,
        Map.of(),
        model,
        total,
        Optional.of(free),
        jobsAtMost,
        source,
        Optional.empty());
  }
}
