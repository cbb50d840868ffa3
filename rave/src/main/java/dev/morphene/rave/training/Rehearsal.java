package dev.morphene.rave.training;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessMemory;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A few steps of each phase, for what they cost; nothing is written. Everything that a long run
 * holds in memory is made once: a batch of validation and the copy that a checkpoint takes.
 */
final class Rehearsal {
  /** Of each phase; enough for the allocators to settle. */
  static final int STEPS = 60;

  /** Steps at a phase's beginning that are not timed: kernels are chosen and memory is claimed. */
  private static final int UNTIMED = 5;

  private static final List<String> STAGES = List.of("representation", "adversarial");

  private final Trainer trainer;
  private final BatchSource batches;
  private final int steps;
  private final boolean realData;
  private final ProcessReporter reporter;
  private final StopSignal signal;
  private final LongSupplier nanoTicker;

  /**
   * @param trainer of a configuration whose first phase has {@code steps}
   * @param steps of each phase; more than {@link #UNTIMED}
   * @param realData whether the batches are of recordings
   */
  Rehearsal(
      Trainer trainer,
      BatchSource batches,
      int steps,
      boolean realData,
      ProcessReporter reporter,
      StopSignal signal,
      LongSupplier nanoTicker) {
    this.trainer = trainer;
    this.batches = batches;
    this.steps = steps;
    this.realData = realData;
    this.reporter = reporter;
    this.signal = signal;
    this.nanoTicker = nanoTicker;
  }

  /**
   * @throws dev.morphene.rave.process.JobStopped after a stop command
   * @throws JobFailure DIVERGED when losses are no numbers
   */
  RehearsalResult run() throws InterruptedException {
    List<RehearsalResult.PhaseCost> phases = new ArrayList<>();
    reporter.progress(STAGES.get(0), 0, 2L * steps, Map.of());
    int threads = BatchPrefetcher.threadsFor(Runtime.getRuntime().availableProcessors());
    try (BatchPrefetcher data = new BatchPrefetcher(batches::training, 0, 2L * steps, threads)) {
      phases.add(phase(1, data));
      phases.add(phase(2, data));
    }
    return new RehearsalResult(realData, phases);
  }

  private RehearsalResult.PhaseCost phase(int phase, BatchPrefetcher data)
      throws InterruptedException {
    double[] seconds = new double[steps - UNTIMED];
    long waitedNanos = 0;
    long totalNanos = 0;
    for (int i = 0; i < steps; i++) {
      long step = (phase - 1L) * steps + i;
      signal.throwIfStopped(0);
      long asking = nanoTicker.getAsLong();
      TensorData batch = data.next();
      long having = nanoTicker.getAsLong();
      if (!trainer.step(step, batch).finite()) {
        throw new JobFailure(
            FailureClass.DIVERGED,
            "The rehearsal diverged: losses at step "
                + step
                + " are no numbers; use another seed or check the recordings.");
      }
      long done = nanoTicker.getAsLong();
      if (i >= UNTIMED) {
        seconds[i - UNTIMED] = (done - asking) / 1e9;
        waitedNanos += having - asking;
        totalNanos += done - asking;
      }
      reporter.progress(STAGES.get(phase - 1), step + 1, 2L * steps, Map.of());
    }
    trainer.validate(0, batches.validation(0));
    trainer.snapshot();
    Arrays.sort(seconds);
    return new RehearsalResult.PhaseCost(
        phase,
        steps,
        seconds[seconds.length / 2],
        Arrays.stream(seconds).average().orElseThrow(),
        totalNanos > 0 ? waitedNanos / (double) totalNanos : 0,
        ProcessMemory.peakResidentBytes());
  }
}
