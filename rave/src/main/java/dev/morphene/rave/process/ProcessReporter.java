package dev.morphene.rave.process;

import java.nio.file.Path;
import java.util.Map;

/** What a running job tells its agent. Safe to call from any thread. */
public interface ProcessReporter {

  /**
   * How far the job is. May be called as often as wanted: all but one call every half second are
   * dropped, except where the stage changes or {@code step} reaches {@code totalSteps}. Speed, time
   * left and resident memory are added here.
   *
   * @param stage words for a person
   * @param step units done over all attempts; 0 to {@code totalSteps}
   * @param totalSteps units in all; at least 1
   * @param measures named figures; values that are no numbers are left out
   */
  void progress(String stage, long step, long totalSteps, Map<String, Double> measures);

  /** A validation was measured; see {@link ProcessLine.Validation}. */
  void validation(long step, int phase, double distance, Map<String, Double> measures);

  /** A checkpoint is complete and synced; see {@link ProcessLine.CheckpointWritten}. */
  void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes);

  /** Something a person should know that did not stop the job. */
  void warning(String message);

  /** A model in training is not well; see {@link ProcessLine.Health}. */
  default void health(
      HealthCondition condition, long step, String message, Map<String, Double> measures) {
    warning(message);
  }
}
