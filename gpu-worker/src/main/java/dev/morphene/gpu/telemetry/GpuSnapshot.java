package dev.morphene.gpu.telemetry;

import dev.morphene.protocol.job.GpuUuid;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All GPUs at one moment. It says how old it is; whether that is too old is for its reader to
 * judge.
 *
 * @param takenAt when the look began
 * @param takenAtNanos the same on the nano ticker, which no clock adjustment moves
 * @param processes per GPU what its processes take, where that can be told
 */
public record GpuSnapshot(
    Instant takenAt,
    long takenAtNanos,
    List<GpuReading> readings,
    Map<GpuUuid, ProcessMemory> processes) {
  public GpuSnapshot {
    readings = List.copyOf(readings);
    processes = Map.copyOf(processes);
  }

  /**
   * @param nowNanos of the ticker that the sampler uses
   */
  public Duration age(long nowNanos) {
    return Duration.ofNanos(nowNanos - takenAtNanos);
  }

  /** Nothing new may be placed by a stale snapshot. */
  public boolean isStale(long nowNanos, Duration patience) {
    return age(nowNanos).compareTo(patience) > 0;
  }

  public Optional<GpuReading> reading(GpuUuid gpu) {
    return readings.stream().filter(reading -> reading.gpu().equals(gpu)).findFirst();
  }
}
