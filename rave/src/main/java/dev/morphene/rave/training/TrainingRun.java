package dev.morphene.rave.training;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.CheckpointFile;
import dev.morphene.rave.checkpoint.CheckpointStore;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.checkpoint.WrittenCheckpoint;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessMemory;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainingFeatures;
import dev.morphene.rave.training.health.HealthEvent;
import dev.morphene.rave.training.health.HealthWatch;
import dev.morphene.rave.training.health.ValidationReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One attempt at a run: resumes, steps, validates and saves until the last step or a stop. What
 * happens at a step depends on the step's number alone, so it does not matter in how many attempts
 * a run is made.
 */
final class TrainingRun {
  private final TrainRequest request;
  private final RaveConfig config;
  private final Map<String, String> recipe;
  private final BatchSource batches;
  private final CheckpointStore store;
  private final Trainer trainer;
  private final Validator validator;
  private final ProcessReporter reporter;
  private final StopSignal signal;
  private final LongSupplier nanoTicker;
  private final TrainingFeatures features;
  private final HealthWatch health;
  private final DataWait dataWait = new DataWait();

  private final Map<Path, WrittenCheckpoint> written = new HashMap<>();
  private final Map<String, Double> measures = new LinkedHashMap<>();
  private ValidationRecord validation = ValidationRecord.none();
  private Optional<HealthEvent> ending = Optional.empty();
  private long step;
  private boolean saved;

  /**
   * @param nanoTicker nanoseconds since any moment
   */
  TrainingRun(
      TrainRequest request,
      RaveConfig config,
      BatchSource batches,
      CheckpointStore store,
      Trainer trainer,
      ProcessReporter reporter,
      StopSignal signal,
      HealthWatch health,
      LongSupplier nanoTicker) {
    this.request = request;
    this.config = config;
    this.recipe = RunRecipe.of(request, config);
    this.batches = batches;
    this.store = store;
    this.trainer = trainer;
    this.validator = new Validator(trainer, batches);
    this.reporter = reporter;
    this.signal = signal;
    this.nanoTicker = nanoTicker;
    this.features = request.features().orElse(TrainingFeatures.none());
    this.health = health;
  }

  /**
   * @throws dev.morphene.rave.process.JobStopped after a stop command, with a checkpoint written
   * @throws JobFailure DIVERGED when losses are no numbers, or, with a checkpoint written, when the
   *     run ended for the sake of the model's health
   */
  TrainResult run() throws InterruptedException {
    trainer.measureReceptiveField().check(config, request.signalSamples());
    resume();
    writeConfig();
    int threads = BatchPrefetcher.threadsFor(Runtime.getRuntime().availableProcessors());
    try (BatchPrefetcher data =
        new BatchPrefetcher(batches::training, step, request.maxSteps(), threads)) {
      reportProgress();
      while (true) {
        if (validationDue()) {
          validate();
        }
        boolean asked = signal.takeCheckpointRequest();
        if (!saved && (asked || signal.stopRequested() || checkpointDue() || ending.isPresent())) {
          save();
        }
        if (ending.isPresent() && ending.get().isFailure()) {
          throw new JobFailure(FailureClass.DIVERGED, ending.get().message());
        }
        if (step >= request.maxSteps() || ending.isPresent()) {
          return result();
        }
        signal.throwIfStopped(step);
        long asking = nanoTicker.getAsLong();
        TensorData batch = data.next();
        long having = nanoTicker.getAsLong();
        trainOneStep(batch);
        dataWait.add(having - asking, nanoTicker.getAsLong() - having);
      }
    }
  }

  /** A method of its own, so that the checkpoint does not stay in the heap for the whole run. */
  private void resume() {
    Optional<Checkpoint> newest = store.newestValid(reporter::warning);
    if (newest.isEmpty()) {
      return;
    }
    Checkpoint checkpoint = newest.get();
    RunRecipe.checkContinues(checkpoint.recipe(), recipe, reporter::warning);
    trainer.restore(
        new Trainer.Snapshot(
            checkpoint.weights(),
            checkpoint.generator(),
            checkpoint.discriminator(),
            checkpoint.average()));
    validation = checkpoint.validation();
    step = checkpoint.step();
    saved = true;
  }

  private void trainOneStep(TensorData batch) {
    StepLosses losses = trainer.step(step, batch);
    if (!losses.finite()) {
      throw diverged("losses at step " + step);
    }
    measures.putAll(losses.parts());
    measures.put("beta_factor", trainer.schedule().beta(step));
    measures.put("learning_rate", trainer.schedule().generatorRate(step));
    measures.put("data_wait_share", dataWait.share());
    step++;
    saved = false;
    reportProgress();
    tell(health.afterStep(step, losses.parts()));
  }

  private void tell(List<HealthEvent> events) {
    for (HealthEvent event : events) {
      reporter.health(event.condition(), event.step(), event.message(), event.measures());
      if (ending.isEmpty() && features.stopOn().contains(event.condition())) {
        ending = Optional.of(event);
      }
    }
  }

  private void reportProgress() {
    String stage = trainer.schedule().phaseAfter(step) == 1 ? "representation" : "adversarial";
    reporter.progress(
        stage, Math.min(step, request.maxSteps()), request.maxSteps(), Map.copyOf(measures));
  }

  /** Also at the end of phase one: what it finds about the latents stays true from then on. */
  private boolean validationDue() {
    boolean due =
        step % request.validateEvery() == 0
            || step == config.training().phaseOneSteps()
            || step == request.maxSteps();
    return due && validation.last().map(point -> point.step() != step).orElse(true);
  }

  private void validate() {
    int phase = trainer.schedule().phaseAfter(step);
    // Other latents are exported as they are: their axes would only be in the way.
    boolean analyse = phase == 1 && config.latent().kind() == LatentSpace.Kind.VARIATIONAL;
    Optional<Validator.Result> result = validator.validate(analyse, signal::stopRequested);
    if (result.isEmpty()) {
      return;
    }
    double distance = result.get().distance();
    if (!Double.isFinite(distance)) {
      throw diverged("the distances of the validation after step " + step);
    }
    Map<String, Double> found = new LinkedHashMap<>(result.get().measures());
    if (trainer.hasAverage()) {
      // In both phases: in the second its encoder still draws nearer to the frozen one.
      Optional<Validator.Result> average =
          trainer.withAverage(() -> validator.validate(true, signal::stopRequested));
      if (average.isEmpty()) {
        return;
      }
      found.put("ema_distance", average.get().distance());
      average.get().measures().forEach((name, value) -> found.put("ema_" + name, value));
    }
    found.put("active_latents", (double) result.get().activeLatents());
    validation = validation.with(step, distance);
    saved = false;
    reporter.validation(step, phase, distance, found);
    Levels levels = result.get().levels();
    tell(
        health.afterValidation(
            new ValidationReading(
                step,
                phase,
                distance,
                levels.inputPower(),
                levels.outputPower(),
                levels.inputClipped(),
                levels.outputClipped(),
                result.get().activeLatents())));
  }

  private boolean checkpointDue() {
    return step > 0
        && (step % request.latestEvery() == 0
            || step % request.saveEvery() == 0
            || step == request.maxSteps());
  }

  private void save() {
    Trainer.Snapshot snapshot = trainer.snapshot();
    checkFinite(snapshot);
    long perEpoch = batches.batchesPerEpoch();
    WrittenCheckpoint file =
        store.write(
            new Checkpoint(
                request.name(),
                step,
                trainer.schedule().phaseAfter(step),
                request.seed(),
                step / perEpoch,
                step % perEpoch,
                config,
                recipe,
                snapshot.weights(),
                snapshot.generator(),
                snapshot.discriminator(),
                validation,
                snapshot.average()));
    written.put(file.path(), file);
    saved = true;
    reporter.checkpoint(
        step, trainer.schedule().phaseAfter(step), file.path(), file.sha256(), file.sizeBytes());
  }

  /** A poisoned checkpoint would make every later attempt fail as well. */
  private void checkFinite(Trainer.Snapshot snapshot) {
    snapshot
        .weights()
        .forEach(
            (name, tensor) -> {
              if (tensor.type() == TensorData.ElementType.FLOAT32) {
                for (float value : tensor.floats()) {
                  if (!Float.isFinite(value)) {
                    throw diverged("the weights " + name + " at step " + step);
                  }
                }
              }
            });
  }

  private JobFailure diverged(String what) {
    HealthEvent event = new HealthEvent.NotANumber(step, what);
    tell(List.of(event));
    return new JobFailure(FailureClass.DIVERGED, event.message());
  }

  private void writeConfig() {
    Path target = request.runFolder().resolve("config.json");
    Path temporary = request.runFolder().resolve("config.json.partial");
    try {
      Files.writeString(temporary, config.toJson());
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.STORAGE,
          "Cannot write " + target + ": " + e.getMessage() + "; mend the run folder.",
          e);
    }
  }

  private TrainResult result() {
    List<TrainResult.KeptCheckpoint> kept = new ArrayList<>();
    for (CheckpointFile file : store.files()) {
      WrittenCheckpoint known = written.computeIfAbsent(file.path(), path -> store.describe(file));
      kept.add(
          new TrainResult.KeptCheckpoint(
              known.step(),
              trainer.schedule().phaseAfter(known.step()),
              known.path(),
              known.sha256(),
              known.sizeBytes()));
    }
    return new TrainResult(
        step,
        validation.first(),
        validation.best(),
        validation.last(),
        kept,
        ProcessMemory.peakResidentBytes(),
        ending.map(
            event -> new TrainResult.EarlyEnd(event.condition(), event.step(), event.message())));
  }
}
