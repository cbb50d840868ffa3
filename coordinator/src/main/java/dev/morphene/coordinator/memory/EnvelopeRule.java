package dev.morphene.coordinator.memory;

import dev.morphene.protocol.memory.ByteSize;
import java.util.List;
import java.util.Optional;

/**
 * How much memory is promised to a job of a recipe, out of what earlier runs of it took at most.
 *
 * @param enoughRuns from this many on the measurements count, 1 or more
 * @param quantile of the peaks, above 0 and at most 1
 * @param margin factor on what was measured when just {@code enoughRuns} are known, 1 or more; what
 *     it adds shrinks with the square root of the runs, as the doubt about the quantile does
 * @param growth factor on the promise after a job ran out of memory, above 1
 * @param outlierFactor a peak above this many times the median is set aside: a bad sample must not
 *     poison the recipe for ever
 */
public record EnvelopeRule(
    int enoughRuns, double quantile, double margin, double growth, double outlierFactor) {
  /** For what a few steps do not show: a whole validation, memory that falls into pieces. */
  private static final double REHEARSAL_MARGIN = 1.25;

  /** The design's: p99 with five per cent of margin once three runs are known, less with more. */
  public static EnvelopeRule usual() {
    return new EnvelopeRule(3, 0.99, 1.05, 1.25, 3.0);
  }

  /**
   * What one phase needs.
   *
   * @param peaks of completed runs, in any order
   * @param guide what to expect while too few are known
   */
  public ByteSize ofPhase(List<ByteSize> peaks, ByteSize guide) {
    if (peaks.isEmpty()) {
      return guide;
    }
    List<ByteSize> sorted = peaks.stream().sorted().toList();
    double median = sorted.get((sorted.size() - 1) / 2).bytes();
    List<ByteSize> kept =
        sorted.stream().filter(peak -> peak.bytes() <= median * outlierFactor).toList();
    int rank = (int) Math.ceil(quantile * kept.size()) - 1;
    ByteSize measured = times(kept.get(Math.max(0, rank)), marginFor(kept.size()));
    return kept.size() < enoughRuns && measured.compareTo(guide) < 0 ? guide : measured;
  }

  private double marginFor(int runs) {
    return 1 + (margin - 1) * Math.sqrt(Math.min(1, (double) enoughRuns / runs));
  }

  /**
   * What to expect of a phase of which only a rehearsal is known.
   *
   * @param rehearsed peak of a few steps
   */
  public ByteSize ofRehearsal(ByteSize rehearsed) {
    return times(rehearsed, REHEARSAL_MARGIN);
  }

  /**
   * What a job needs: its hungriest phase, and no less than what an earlier job ran out of.
   *
   * @param phases the need of each phase that it will reach
   * @param floor the promise after the last time a job of the recipe ran out of memory
   */
  public ByteSize ofJob(List<ByteSize> phases, Optional<ByteSize> floor) {
    ByteSize most = phases.stream().max(ByteSize::compareTo).orElseThrow();
    return floor.filter(least -> least.compareTo(most) > 0).orElse(most);
  }

  /**
   * The floor after a job ran out of memory.
   *
   * @param promised to the job that failed
   * @param observed the most it was seen to hold
   * @param largest GPU of the pool, without the margin: more than that would never be placed
   */
  public ByteSize grown(ByteSize promised, ByteSize observed, ByteSize largest) {
    ByteSize from = promised.compareTo(observed) > 0 ? promised : observed;
    ByteSize grown = times(from, growth);
    return grown.compareTo(largest) > 0 ? largest : grown;
  }

  private static ByteSize times(ByteSize size, double factor) {
    return new ByteSize(Math.round(size.bytes() * factor));
  }
}
