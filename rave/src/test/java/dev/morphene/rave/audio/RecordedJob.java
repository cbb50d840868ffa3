package dev.morphene.rave.audio;

import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keeps what a job reports, and tells it to stop when a test wants so. */
public final class RecordedJob implements ProcessReporter, StopSignal {
  public final List<String> stages = new ArrayList<>();
  public final List<String> warnings = new ArrayList<>();
  public long lastStep;
  public long totalSteps;
  public boolean stop;

  @Override
  public void progress(String stage, long step, long totalSteps, Map<String, Double> measures) {
    stages.add(stage);
    lastStep = step;
    this.totalSteps = totalSteps;
  }

  @Override
  public void validation(long step, int phase, double distance, Map<String, Double> measures) {
    throw new AssertionError("These jobs do not validate");
  }

  @Override
  public void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes) {
    throw new AssertionError("These jobs write no checkpoint");
  }

  @Override
  public void warning(String message) {
    warnings.add(message);
  }

  @Override
  public boolean stopRequested() {
    return stop;
  }

  @Override
  public boolean takeCheckpointRequest() {
    return false;
  }
}
