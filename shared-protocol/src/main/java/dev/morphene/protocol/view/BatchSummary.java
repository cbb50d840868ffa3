package dev.morphene.protocol.view;

import dev.morphene.protocol.job.BatchId;
import java.time.Instant;
import java.util.Map;

/**
 * A batch without its jobs.
 *
 * @param counts jobs by the state that operators see, absent where there is none
 */
public record BatchSummary(
    BatchId batch, String name, Instant createdAt, Map<String, Long> counts) {
  public BatchSummary {
    counts = counts == null ? Map.of() : Map.copyOf(counts);
  }
}
