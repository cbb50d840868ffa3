package dev.morphene.gpu.telemetry;

/** Whether a kind of telemetry works on this machine. */
public sealed interface TelemetryOpening {
  /** The caller closes it. */
  record Opened(GpuTelemetry telemetry) implements TelemetryOpening {}

  /**
   * @param reason a clause without a full stop
   */
  record Unavailable(String reason) implements TelemetryOpening {}
}
