package dev.morphene.rave.process;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Render and measure one checkpoint.
 *
 * @param checkpoint file written by a training run
 * @param musicalReference any file FFmpeg reads
 * @param nonmusicalReference any file FFmpeg reads
 * @param outputFolder receives the seven WAV files and {@code audit.json}
 * @param durationSeconds of each rendering; more than 0
 * @param threads of libtorch; at least 1
 * @param emaWeights play the moving average of the weights; absent means no
 */
public record AuditRequest(
    Path checkpoint,
    Path musicalReference,
    Path nonmusicalReference,
    Path outputFolder,
    double durationSeconds,
    int threads,
    Optional<Boolean> emaWeights) {

  /** Of the weights as they were trained. */
  public AuditRequest(
      Path checkpoint,
      Path musicalReference,
      Path nonmusicalReference,
      Path outputFolder,
      double durationSeconds,
      int threads) {
    this(
        checkpoint,
        musicalReference,
        nonmusicalReference,
        outputFolder,
        durationSeconds,
        threads,
        Optional.empty());
  }
}
