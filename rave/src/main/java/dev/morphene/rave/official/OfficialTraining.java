package dev.morphene.rave.official;

import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobStopped;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.training.TrainResult;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt at a run of the official program: follows its output and its files until it ends, is
 * stopped, or is given up. One thread does it all.
 */
final class OfficialTraining {
  private static final Logger LOG = LoggerFactory.getLogger(OfficialTraining.class);
  private static final Duration LINE_PATIENCE = Duration.ofMillis(200);

  /** Output and errors are two streams: a bar may be heard before an older line. */
  private static final int LOOKS_BEFORE_GPU = 3;

  private final TrainRequest request;
  private final OfficialRunFolder folder;
  private final OfficialCheckpoints checkpoints;
  private final TrainerProcess process;
  private final ProcessReporter reporter;
  private final StopSignal signal;
  private final Patience patience;
  private final LongSupplier nanoTicker;

  private final TrainerOutput output;
  private final EventFolder events;
  private final Figures figures = new Figures();
  private final HangWatch hangs;
  private long step;
  private long lookedNanos;
  private int fingerprint;
  private boolean saidUnwilling;
  private boolean killed;
  private int looksSinceStart;

  /**
   * @param step that the program begins with
   * @param events files that the program has not begun to write
   * @param output of this program
   */
  OfficialTraining(
      TrainRequest request,
      OfficialRunFolder folder,
      OfficialCheckpoints checkpoints,
      long step,
      EventFolder events,
      TrainerOutput output,
      TrainerProcess process,
      ProcessReporter reporter,
      StopSignal signal,
      Patience patience,
      LongSupplier nanoTicker) {
    this.request = request;
    this.folder = folder;
    this.checkpoints = checkpoints;
    this.step = step;
    this.events = events;
    this.output = output;
    this.process = process;
    this.reporter = reporter;
    this.signal = signal;
    this.patience = patience;
    this.nanoTicker = nanoTicker;
    this.lookedNanos = nanoTicker.getAsLong();
    this.hangs = new HangWatch(patience, lookedNanos, step);
  }

  /**
   * @throws JobStopped after a stop command
   * @throws JobFailure when the program failed, hangs or trains without the GPU it should use
   */
  TrainResult run() throws InterruptedException {
    reporter.progress("starting", step, request.maxSteps(), figures.losses());
    OptionalLong stopAsked = OptionalLong.empty();
    while (!process.hasEnded()) {
      process.nextLine(LINE_PATIENCE).ifPresent(this::heard);
      long now = nanoTicker.getAsLong();
      if (now - lookedNanos >= patience.look().toNanos()) {
        lookedNanos = now;
        look(false);
        looksSinceStart += output.stage() == TrainerOutput.Stage.STARTING ? 0 : 1;
      }
      if (stopAsked.isEmpty() && signal.stopRequested()) {
        stopAsked = OptionalLong.of(now);
        process.terminate();
      }
      if (stopAsked.isPresent()) {
        killWhenSlow(now - stopAsked.getAsLong());
      } else {
        refuseToSave();
        checkHealth(now);
      }
    }
    look(true);
    boolean complete =
        process.exitCode().equals(OptionalInt.of(0)) && output.end() == TrainerOutput.End.ALL_STEPS;
    if (stopAsked.isPresent() && !complete) {
      throw stopped();
    }
    checkFigures();
    if (!complete) {
      throw OfficialEndTable.of(process.exitCode(), output);
    }
    return result();
  }

  private void heard(String line) {
    hangs.life(nanoTicker.getAsLong());
    if (output.accept(line)) {
      LOG.info("{}", line);
    }
    output.step().ifPresent(this::reached);
  }

  /** Steps only grow: a bar, which is early, and the figures, which are late, name the same. */
  private void reached(long candidate) {
    long bounded = Math.min(candidate, request.maxSteps());
    hangs.step(bounded, nanoTicker.getAsLong());
    if (bounded > step) {
      step = bounded;
      reporter.progress(Phase.stage(request, step), step, request.maxSteps(), figures.losses());
    }
  }

  private void look(boolean last) {
    try {
      List<Scalar> fresh = events.next();
      if (!fresh.isEmpty()) {
        hangs.life(nanoTicker.getAsLong());
      }
      figures.take(fresh, last).forEach(this::validated);
      figures.step().ifPresent(this::reached);
      for (OfficialCheckpoint checkpoint : checkpoints.look(last, reporter::warning)) {
        tell(checkpoint);
      }
      if (checkpoints.fingerprint() != fingerprint) {
        fingerprint = checkpoints.fingerprint();
        hangs.life(nanoTicker.getAsLong());
      }
    } catch (IOException passing) {
      // A file went between two looks, or the storage is away: the next look may do.
      LOG.warn("The folder {} could not be looked at.", folder.path(), passing);
    }
  }

  private void validated(Figures.Validation validation) {
    folder.validated(validation.step(), validation.distance());
    reporter.validation(
        validation.step(),
        Phase.after(request, validation.step()),
        validation.distance(),
        validation.measures());
  }

  private void tell(OfficialCheckpoint checkpoint) {
    try {
      reporter.checkpoint(
          checkpoint.step(),
          Phase.after(request, checkpoint.step()),
          checkpoint.path(),
          Sha256.of(checkpoint.path()),
          Files.size(checkpoint.path()));
    } catch (IOException removed) {
      LOG.warn("The checkpoint {} went while it was read.", checkpoint.path(), removed);
    }
  }

  private void killWhenSlow(long nanosSinceStop) {
    if (!killed && nanosSinceStop > patience.stopping().toNanos()) {
      killed = true;
      LOG.warn(
          "The official trainer did not heed SIGTERM for {}; killing it.", patience.stopping());
      process.kill();
    }
  }

  private void refuseToSave() {
    if (signal.takeCheckpointRequest() && !saidUnwilling) {
      saidUnwilling = true;
      reporter.warning(
          "The official trainer saves when it validates and every saveEvery steps, not when"
              + " asked.");
    }
  }

  private void checkHealth(long now) {
    if (!request.device().equals("cpu")) {
      checkGpu();
    }
    checkFigures();
    Optional<String> why = hangs.hangs(output.stage(), now);
    if (why.isPresent()) {
      List<String> evidence = new ArrayList<>(process.states());
      evidence.addAll(output.evidence());
      give(
          new JobFailure(
              FailureClass.CRASH,
              "The official trainer "
                  + why.get()
                  + " and was killed; it goes on from its newest checkpoint when started again.",
              evidence.subList(
                  Math.max(0, evidence.size() - JobFailure.MAX_EVIDENCE_LINES), evidence.size())));
    }
  }

  /** It trains on the CPU without a word when it cannot use the GPU it was given. */
  private void checkGpu() {
    boolean silent =
        output.gpu() == TrainerOutput.Gpu.NOT_SAID && looksSinceStart >= LOOKS_BEFORE_GPU;
    if (output.gpu() == TrainerOutput.Gpu.NOT_USED || silent) {
      give(
          new JobFailure(
              FailureClass.CRASH,
              "The official trainer does not use the GPU "
                  + request.device()
                  + " that it was given; check that its PyTorch was built for CUDA and fits the"
                  + " driver.",
              output.evidence()));
    }
  }

  private void checkFigures() {
    Optional<Scalar> bad = figures.noNumber();
    if (bad.isPresent()) {
      give(
          new JobFailure(
              FailureClass.DIVERGED,
              "Training diverged: "
                  + bad.get().tag()
                  + " at step "
                  + bad.get().step()
                  + " is no number; check the recordings.",
              output.evidence()));
    }
  }

  /** Kills the program, tells what it has left, and fails. */
  private void give(JobFailure failure) {
    process.close();
    look(true);
    throw failure;
  }

  private JobStopped stopped() {
    long saved = checkpoints.newest().map(OfficialCheckpoint::step).orElse(0L);
    if (step > saved) {
      reporter.warning(
          "The official trainer saves nothing when it is stopped: "
              + (step - saved)
              + " steps after step "
              + saved
              + " will be done again.");
    }
    return new JobStopped(saved);
  }

  /**
   * The result of a run that has reached its last step, now or before.
   *
   * @throws JobFailure when it never saved
   */
  private TrainResult result() {
    long saved = checkpoints.newest().map(OfficialCheckpoint::step).orElse(0L);
    if (saved == 0) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The official trainer reached step "
              + request.maxSteps()
              + " without saving a checkpoint; use a smaller validateEvery or saveEvery, or more"
              + " steps.",
          output.evidence());
    }
    if (saved < request.maxSteps()) {
      reporter.warning(
          "The newest checkpoint is of step "
              + saved
              + ": the official trainer does not save at its end. A saveEvery that divides maxSteps"
              + " would.");
    }
    reporter.progress(
        Phase.stage(request, request.maxSteps()),
        request.maxSteps(),
        request.maxSteps(),
        figures.losses());
    return RunResult.of(request.maxSteps(), request, folder, checkpoints);
  }
}
