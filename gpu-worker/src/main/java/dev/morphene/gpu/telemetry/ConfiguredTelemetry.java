package dev.morphene.gpu.telemetry;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Devices whose memory an operator stated. Nothing is measured: all of the budget reads as free,
 * and whoever places jobs has to hold back the whole of what it promised.
 */
public final class ConfiguredTelemetry implements GpuTelemetry {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final String WHY_NO_PROCESSES = "nothing is measured on a configured device";

  /**
   * A device as an operator describes it.
   *
   * @param budget that jobs may use together
   */
  public record Device(GpuUuid gpu, String model, ByteSize budget) {
    public Device {
      if (budget.bytes() == 0) {
        throw new IllegalArgumentException(
            "The budget of " + gpu + " is 0 bytes; state what jobs may use there.");
      }
    }
  }

  private final List<Device> devices;
  private final InstantSource clock;

  public ConfiguredTelemetry(List<Device> devices, InstantSource clock) {
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("Configured telemetry needs at least one device.");
    }
    this.devices = List.copyOf(devices);
    this.clock = clock;
  }

  @Override
  public List<GpuReading> read() {
    return devices.stream()
        .<GpuReading>map(
            device ->
                new GpuReading.Available(
                    device.gpu(),
                    Optional.empty(),
                    device.model(),
                    device.budget(),
                    device.budget(),
                    Optional.empty(),
                    OptionalInt.empty(),
                    clock.instant(),
                    GpuReading.Source.CONFIGURED))
        .toList();
  }

  @Override
  public Map<GpuUuid, ProcessMemory> processes() {
    return devices.stream()
        .collect(
            Collectors.toUnmodifiableMap(
                Device::gpu, device -> ProcessMemory.none(WHY_NO_PROCESSES)));
  }

  @Override
  public String source() {
    return "the configuration (" + devices.size() + " stated, nothing measured)";
  }

  @Override
  public Optional<String> driverVersion() {
    return Optional.empty();
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void close() {}
}
