package dev.morphene.gpu.telemetry;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which telemetry this machine gets: NVML, else nvidia-smi, else what an operator configured, else
 * none.
 *
 * @param telemetry the caller closes it; empty on a machine without GPU and configuration
 * @param why one sentence for the log and for whoever asks the node
 */
public record GpuTelemetryChoice(Optional<GpuTelemetry> telemetry, String why) {

  /**
   * @param nvmlLibrary loaded instead of the driver's own; absolute
   * @param nvidiaSmi command of the fallback
   * @param nvidiaSmiTimeout after which it is killed
   * @param configured devices for a machine where nothing can be measured; may be empty
   * @param proc the process table of this system, {@code /proc}
   * @param hostProc the host's process table, where it is mounted into this container
   */
  public record Settings(
      Optional<Path> nvmlLibrary,
      String nvidiaSmi,
      Duration nvidiaSmiTimeout,
      List<ConfiguredTelemetry.Device> configured,
      Path proc,
      Optional<Path> hostProc) {
    public Settings {
      configured = List.copyOf(configured);
    }

    /** The driver's own library and tool. */
    public static Settings standard(List<ConfiguredTelemetry.Device> configured) {
      return new Settings(
          Optional.empty(),
          NvidiaSmiTelemetry.COMMAND,
          NvidiaSmiTelemetry.TIMEOUT,
          configured,
          Path.of("/proc"),
          Optional.empty());
    }
  }

  /** Tries them in order; takes as long as the slowest of them. */
  public static GpuTelemetryChoice choose(Settings settings, InstantSource clock) {
    PidMatching pids = PidMatching.of(settings.proc(), settings.hostProc());
    List<String> reasons = new ArrayList<>();
    Optional<GpuTelemetry> measured =
        withGpu(NvmlTelemetry.open(settings.nvmlLibrary(), pids, clock), reasons)
            .or(
                () ->
                    withGpu(
                        NvidiaSmiTelemetry.open(
                            settings.nvidiaSmi(), settings.nvidiaSmiTimeout(), pids, clock),
                        reasons));
    Optional<GpuTelemetry> telemetry =
        measured.or(
            () ->
                settings.configured().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new ConfiguredTelemetry(settings.configured(), clock)));
    String because = reasons.isEmpty() ? "" : ", because " + String.join(", and ", reasons);
    return new GpuTelemetryChoice(
        telemetry,
        telemetry
                .map(chosen -> "GPU telemetry comes from " + chosen.source())
                .orElse("This node has no GPU telemetry, and no device is configured")
            + because
            + ".");
  }

  private static Optional<GpuTelemetry> withGpu(TelemetryOpening opening, List<String> reasons) {
    if (opening instanceof TelemetryOpening.Unavailable unavailable) {
      reasons.add(unavailable.reason());
      return Optional.empty();
    }
    GpuTelemetry telemetry = ((TelemetryOpening.Opened) opening).telemetry();
    if (telemetry.read().isEmpty()) {
      reasons.add(telemetry.source() + " finds no GPU");
      telemetry.close();
      return Optional.empty();
    }
    return Optional.of(telemetry);
  }
}
