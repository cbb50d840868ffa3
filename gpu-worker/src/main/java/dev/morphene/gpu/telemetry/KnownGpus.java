package dev.morphene.gpu.telemetry;

import dev.morphene.protocol.job.GpuUuid;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** GPUs that were seen once, so that one that vanishes is reported instead of forgotten. */
final class KnownGpus {
  private final Map<GpuUuid, String> models = new LinkedHashMap<>();

  void remember(GpuUuid gpu, String model) {
    models.put(gpu, model);
  }

  String model(GpuUuid gpu) {
    return models.getOrDefault(gpu, "unknown");
  }

  boolean isEmpty() {
    return models.isEmpty();
  }

  /** All of them but those that were seen this time. */
  List<GpuReading> unreadableBut(
      Set<GpuUuid> seen, String reason, GpuReading.Health health, Instant now) {
    return models.entrySet().stream()
        .filter(entry -> !seen.contains(entry.getKey()))
        .<GpuReading>map(
            entry ->
                new GpuReading.Unreadable(entry.getKey(), entry.getValue(), reason, health, now))
        .toList();
  }
}
