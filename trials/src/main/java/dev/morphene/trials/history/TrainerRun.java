package dev.morphene.trials.history;

import dev.morphene.protocol.job.AttemptId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One trainer process, from the first to the last moment at which it is proven to have lived.
 *
 * @param lines at least one, oldest first
 */
public record TrainerRun(AttemptId attempt, long processId, String agent, List<TrainerLine> lines) {

  public long beginNanos() {
    return lines.get(0).nanos();
  }

  public long lastNanos() {
    return lines.get(lines.size() - 1).nanos();
  }

  /** Whether the two were alive at one moment, beyond doubt. */
  public boolean overlaps(TrainerRun other) {
    return beginNanos() <= other.lastNanos() && other.beginNanos() <= lastNanos();
  }

  public boolean hasEnded() {
    return lines.stream().anyMatch(line -> line.word() == TrainerLine.Word.END);
  }

  /** All runs, in the order of their beginnings. */
  public static List<TrainerRun> of(List<TrainerLine> lines) {
    record Key(AttemptId attempt, long processId) {}
    Map<Key, List<TrainerLine>> byProcess = new LinkedHashMap<>();
    for (TrainerLine line : lines) {
      byProcess
          .computeIfAbsent(new Key(line.attempt(), line.processId()), key -> new ArrayList<>())
          .add(line);
    }
    return byProcess.values().stream()
        .map(
            own -> {
              own.sort(Comparator.comparingLong(TrainerLine::nanos));
              TrainerLine first = own.get(0);
              return new TrainerRun(
                  first.attempt(), first.processId(), first.agent(), List.copyOf(own));
            })
        .sorted(Comparator.comparingLong(TrainerRun::beginNanos))
        .toList();
  }

  @Override
  public String toString() {
    return lines.get(0) + " ... " + lines.get(lines.size() - 1);
  }
}
