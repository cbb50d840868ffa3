package dev.morphene.protocol.view;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The queue in a glance.
 *
 * @param counts jobs by the state that operators see, absent where there is none
 * @param paused nothing new is started in the whole queue
 * @param nodes alive
 * @param gpus of the nodes that are alive, fenced ones left out
 * @param gpusBusy with at least one job
 * @param predictedEnd of all that waits and runs; absent when it cannot be told
 */
public record QueueView(
    Map<String, Long> counts,
    boolean paused,
    int nodes,
    int gpus,
    int gpusBusy,
    Optional<Instant> predictedEnd) {
  public QueueView {
    counts = counts == null ? Map.of() : Map.copyOf(counts);
  }

  public long count(String state) {
    return counts.getOrDefault(state, 0L);
  }
}
