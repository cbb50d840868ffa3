package dev.morphene.gpu.telemetry;

import dev.morphene.protocol.job.GpuUuid;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One line of {@code nvidia-smi --query-gpu}. Memory is in MiB there; a value in brackets, such as
 * {@code [N/A]}, is absent.
 */
record NvidiaSmiRow(GpuUuid gpu, String model, Map<String, String> values) {
  private static final long BYTES_PER_MIB = 1L << 20;

  /** Empty for a line that is no row: a warning, or an error about one GPU. */
  static Optional<NvidiaSmiRow> parse(String line, List<String> fields) {
    List<String> columns = new ArrayList<>();
    for (String column : line.split(",", -1)) {
      columns.add(column.strip());
    }
    if (columns.size() != fields.size()) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      if (!columns.get(i).startsWith("[") && !columns.get(i).isEmpty()) {
        values.put(fields.get(i), columns.get(i));
      }
    }
    try {
      return Optional.of(
          new NvidiaSmiRow(
              new GpuUuid(values.get("uuid")), values.getOrDefault("name", "unknown"), values));
    } catch (IllegalArgumentException noId) {
      return Optional.empty();
    }
  }

  Optional<String> driverVersion() {
    return Optional.ofNullable(values.get("driver_version"));
  }

  GpuReading reading(Instant now) {
    if ("Enabled".equals(values.get("mig.mode.current"))) {
      return unreadable("MIG is on; nvidia-smi does not tell the memory of instances.", now);
    }
    Optional<ByteSize> total = size("memory.total");
    Optional<ByteSize> free = size("memory.free");
    if (total.isEmpty() || free.isEmpty()) {
      return unreadable("nvidia-smi does not tell the memory of this GPU.", now);
    }
    if (free.get().compareTo(total.get()) > 0) {
      return unreadable(
          "nvidia-smi tells nonsense: " + free.get() + " of " + total.get() + " are free.", now);
    }
    return new GpuReading.Available(
        gpu,
        Optional.empty(),
        model,
        total.get(),
        free.get(),
        size("memory.reserved"),
        percent("utilization.gpu"),
        now,
        GpuReading.Source.NVIDIA_SMI);
  }

  private GpuReading unreadable(String reason, Instant now) {
    return new GpuReading.Unreadable(gpu, model, reason, GpuReading.Health.DEGRADED, now);
  }

  private Optional<ByteSize> size(String field) {
    return bytes(values.get(field));
  }

  private OptionalInt percent(String field) {
    String text = values.get(field);
    return text != null && text.matches("100|[0-9]{1,2}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /** Empty for anything that is not a number of MiB. */
  static Optional<ByteSize> bytes(String mebibytes) {
    return mebibytes != null && mebibytes.matches("[0-9]{1,10}")
        ? Optional.of(new ByteSize(Long.parseLong(mebibytes) * BYTES_PER_MIB))
        : Optional.empty();
  }
}
