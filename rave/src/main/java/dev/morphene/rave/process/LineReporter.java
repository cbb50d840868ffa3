package dev.morphene.rave.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Turns a job's reports into lines: thins out progress and adds speed, time left and memory. */
final class LineReporter implements ProcessReporter {
  private static final long INTERVAL_NANOS = Duration.ofMillis(500).toNanos();

  /**
   * Share of the newest interval in the speed, so that one slow step does not throw the estimate.
   */
  private static final double NEWEST_SHARE = 0.3;

  private final LineOutput output;
  private final LongSupplier nanoTicker;
  private final LongSupplier residentBytes;

  private String lastStage;
  private long lastStep;
  private long lastNanos;
  private double stepsPerSecond = Double.NaN;

  LineReporter(LineOutput output, LongSupplier nanoTicker, LongSupplier residentBytes) {
    this.output = output;
    this.nanoTicker = nanoTicker;
    this.residentBytes = residentBytes;
  }

  @Override
  public synchronized void progress(
      String stage, long step, long totalSteps, Map<String, Double> measures) {
    long now = nanoTicker.getAsLong();
    boolean newStage = !stage.equals(lastStage);
    long elapsedNanos = now - lastNanos;
    if (!newStage && step < totalSteps && elapsedNanos < INTERVAL_NANOS) {
      return;
    }
    if (newStage) {
      stepsPerSecond = Double.NaN;
    } else if (elapsedNanos > 0 && step > lastStep) {
      double newest = (step - lastStep) * 1e9 / elapsedNanos;
      stepsPerSecond =
          Double.isNaN(stepsPerSecond)
              ? newest
              : NEWEST_SHARE * newest + (1 - NEWEST_SHARE) * stepsPerSecond;
    }
    lastStage = stage;
    lastStep = step;
    lastNanos = now;
    boolean known = stepsPerSecond > 0;
    output.write(
        new ProcessLine.Progress(
            stage,
            step,
            totalSteps,
            known ? OptionalDouble.of(stepsPerSecond) : OptionalDouble.empty(),
            known
                ? OptionalLong.of(Math.round((totalSteps - step) / stepsPerSecond * 1000))
                : OptionalLong.empty(),
            residentBytes.getAsLong(),
            numbersOnly(measures)));
  }

  @Override
  public void validation(long step, int phase, double distance, Map<String, Double> measures) {
    output.write(new ProcessLine.Validation(step, phase, distance, numbersOnly(measures)));
  }

  @Override
  public void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes) {
    output.write(new ProcessLine.CheckpointWritten(step, phase, path, sha256, sizeBytes));
  }

  @Override
  public void warning(String message) {
    output.write(new ProcessLine.Warning(message));
  }

  @Override
  public void health(
      HealthCondition condition, long step, String message, Map<String, Double> measures) {
    output.write(new ProcessLine.Health(condition, step, message, numbersOnly(measures)));
  }

  /** JSON has no word for NaN and the infinities. */
  private static Map<String, Double> numbersOnly(Map<String, Double> measures) {
    Map<String, Double> kept = new LinkedHashMap<>();
    measures.forEach(
        (name, value) -> {
          if (Double.isFinite(value)) {
            kept.put(name, value);
          }
        });
    return kept;
  }
}
