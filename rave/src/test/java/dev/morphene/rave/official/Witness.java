package dev.morphene.rave.official;

import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** Keeps what a run reports, and asks it to stop once it has reported a given thing. */
final class Witness implements ProcessReporter, StopSignal {
  private final List<ProcessLine> lines = new ArrayList<>();
  private final Predicate<ProcessLine> enough;
  private boolean stop;
  private boolean checkpoint;

  private Witness(Predicate<ProcessLine> enough, boolean checkpoint) {
    this.enough = enough;
    this.checkpoint = checkpoint;
  }

  static Witness toTheEnd() {
    return new Witness(line -> false, false);
  }

  static Witness untilStop(Predicate<ProcessLine> enough) {
    return new Witness(enough, false);
  }

  static Witness whoWantsACheckpoint() {
    return new Witness(line -> false, true);
  }

  <T extends ProcessLine> List<T> lines(Class<T> type) {
    return lines.stream().filter(type::isInstance).map(type::cast).toList();
  }

  List<String> warnings() {
    return lines(ProcessLine.Warning.class).stream().map(ProcessLine.Warning::message).toList();
  }

  private void hear(ProcessLine line) {
    lines.add(line);
    stop |= enough.test(line);
  }

  @Override
  public void progress(String stage, long step, long totalSteps, Map<String, Double> measures) {
    hear(
        new ProcessLine.Progress(
            stage,
            step,
            totalSteps,
            OptionalDouble.empty(),
            OptionalLong.empty(),
            0,
            Map.copyOf(measures)));
  }

  @Override
  public void validation(long step, int phase, double distance, Map<String, Double> measures) {
    hear(new ProcessLine.Validation(step, phase, distance, measures));
  }

  @Override
  public void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes) {
    hear(new ProcessLine.CheckpointWritten(step, phase, path, sha256, sizeBytes));
  }

  @Override
  public void warning(String message) {
    hear(new ProcessLine.Warning(message));
  }

  @Override
  public boolean stopRequested() {
    return stop;
  }

  @Override
  public boolean takeCheckpointRequest() {
    boolean asked = checkpoint;
    checkpoint = false;
    return asked;
  }
}
