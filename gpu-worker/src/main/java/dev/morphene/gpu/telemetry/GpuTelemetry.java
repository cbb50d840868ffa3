package dev.morphene.gpu.telemetry;

import dev.morphene.protocol.job.GpuUuid;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the GPUs of this machine. A read may block for seconds: {@link GpuSampler} does it aside.
 */
public interface GpuTelemetry extends AutoCloseable {
  /**
   * One reading for each GPU and MIG instance; a GPU seen once stays in the list, unreadable, when
   * the driver does not list it any more.
   */
  List<GpuReading> read();

  /** What each process takes, for the GPUs of the last {@link #read}. */
  Map<GpuUuid, ProcessMemory> processes();

  /** Where the readings come from, for people; fits after "GPU telemetry comes from". */
  String source();

  /** Version of the driver, where there is one. */
  Optional<String> driverVersion();

  /** How often a read is reasonable. */
  Duration interval();

  @Override
  void close();
}
