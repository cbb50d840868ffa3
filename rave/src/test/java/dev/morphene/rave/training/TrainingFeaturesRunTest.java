package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.CheckpointStore;
import dev.morphene.rave.checkpoint.TrainedModel;
import dev.morphene.rave.export.InstrumentExport;
import dev.morphene.rave.export.InstrumentOptions;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.Augmentation;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.HealthCondition;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.JobStopped;
import dev.morphene.rave.process.PitchRange;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainingFeatures;
import dev.morphene.rave.torch.TorchRuntime;
import dev.morphene.rave.training.health.HealthCheck;
import dev.morphene.rave.training.health.HealthEvent;
import dev.morphene.rave.training.health.HealthWatch;
import dev.morphene.rave.training.health.ValidationReading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs with every feature switched on. */
class TrainingFeaturesRunTest {
  private static final int SIGNAL_SAMPLES = 37_888;
  private static final long MAX_STEPS = 5;
  private static final RaveConfig CONFIG = RaveConfig.preset("tiny", 48_000).withPhaseOneSteps(3);

  private static TorchRuntime runtime;

  @TempDir Path folder;
  private final Story story = new Story();

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 1);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  private static TrainingFeatures everything(List<HealthCondition> stopOn) {
    return new TrainingFeatures(
        Optional.of(new PitchRange(0.8, 1.2)),
        true,
        true,
        List.of(Augmentation.values()),
        OptionalDouble.of(0.9),
        Precision.BF16,
        stopOn);
  }

  private TrainResult run(String run, TrainingFeatures features, HealthCheck... checks)
      throws InterruptedException {
    TrainRequest request =
        TrainRequest.draft("test", "tiny", folder, folder.resolve(run))
            .maxSteps(MAX_STEPS)
            .phaseOneSteps(3)
            .validateEvery(2)
            .saveEvery(100)
            .latestEvery(100)
            .batch(1)
            .signalSamples(SIGNAL_SAMPLES)
            .seed(3)
            .featureMatchingTwice(true)
            .build()
            .with(features);
    BatchSource batches =
        new BatchSource(new SyntheticItems(4, 2 * SIGNAL_SAMPLES), 1, SIGNAL_SAMPLES, 3, features);
    CheckpointStore store =
        CheckpointStore.open(request.runFolder().resolve("checkpoints"), step -> step == MAX_STEPS);
    try (Trainer trainer = new Trainer(runtime, CONFIG, 3, true, features)) {
      return new TrainingRun(
              request,
              CONFIG,
              batches,
              store,
              trainer,
              story,
              story,
              new HealthWatch(List.of(checks)),
              () -> 0)
          .run();
    }
  }

  private Checkpoint last(String run) {
    return CheckpointStore.open(folder.resolve(run).resolve("checkpoints"), step -> true)
        .newestValid(story::warning)
        .orElseThrow();
  }

  @Test
  void aStoppedRunEndsAsOneThatWasNot() throws Exception {
    run("straight", everything(List.of()));
    assertThat(story.validations).hasSize(5);
    assertThat(story.validations)
        .allSatisfy(
            measures ->
                assertThat(measures)
                    .containsKeys("ema_distance", "ema_fidelity_0.95", "active_latents"));

    story.stopAt = 2;
    assertThatThrownBy(() -> run("stopped", everything(List.of()))).isInstanceOf(JobStopped.class);
    story.stopAt = Long.MAX_VALUE;
    assertThat(run("stopped", everything(List.of())).steps()).isEqualTo(MAX_STEPS);
    assertThat(last("stopped")).isEqualTo(last("straight"));
    assertThat(last("stopped").average()).isPresent();

    Path file = folder.resolve("stopped").resolve("checkpoints").resolve("step_000000005.ckpt");
    TrainedModel averaged = TrainedModel.readAverage(file);
    TrainedModel own = TrainedModel.read(file);
    Map<String, TensorData> average = last("stopped").average().orElseThrow();
    assertThat(averaged.weights().keySet()).isEqualTo(own.weights().keySet());
    assertThat(averaged.weights()).containsAllEntriesOf(average);
    assertThat(averaged.weights().get("latent_pca")).isNotEqualTo(own.weights().get("latent_pca"));
    InstrumentExport export =
        InstrumentExport.write(
            folder.resolve("average.ts"),
            ModelWeights.of(averaged.config(), averaged.weights()),
            InstrumentOptions.of(true, 0.95));
    assertThat(export.latentSize()).isPositive();

    assertThatThrownBy(() -> run("stopped", TrainingFeatures.none()))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("with randomPitch 0.8,1.2, the request says none");
  }

  @Test
  void aConditionThatIsNotAskedForIsOnlyTold() throws Exception {
    TrainResult result = run("told", TrainingFeatures.none(), new Plateau());
    assertThat(result.steps()).isEqualTo(MAX_STEPS);
    assertThat(result.endedEarly()).isEmpty();
    assertThat(story.health).containsExactly("plateau at 2");
    Path file = folder.resolve("told").resolve("checkpoints").resolve("step_000000005.ckpt");
    assertThatThrownBy(() -> TrainedModel.readAverage(file))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("train with --ema");
  }

  @Test
  void aPlateauEndsARunAsCompletedAndWithACheckpoint() throws Exception {
    TrainingFeatures features = everything(List.of(HealthCondition.PLATEAU));
    TrainResult result = run("plateau", features, new Plateau());
    assertThat(result.steps()).isEqualTo(2);
    assertThat(result.endedEarly().orElseThrow().condition()).isEqualTo(HealthCondition.PLATEAU);
    assertThat(result.endedEarly().orElseThrow().message()).contains("stands still");
    assertThat(last("plateau").step()).isEqualTo(2);
    assertThat(result.checkpoints()).hasSize(1);
  }

  @Test
  void aModelThatWentWrongEndsARunAsFailedAndWithACheckpoint() {
    TrainingFeatures features =
        new TrainingFeatures(
            Optional.empty(),
            false,
            false,
            List.of(),
            OptionalDouble.empty(),
            Precision.FP32,
            List.of(HealthCondition.RUNAWAY));
    assertThatThrownBy(() -> run("runaway", features, new Runaway()))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure.failureClass()).isEqualTo(FailureClass.DIVERGED);
              assertThat(failure).hasMessageContaining("run away").hasMessageEndingWith(".");
            });
    assertThat(last("runaway").step()).isEqualTo(4);
    assertThat(story.health).containsExactly("runaway at 4");
  }

  /** Holds at the validation after step 2. */
  private static final class Plateau implements HealthCheck {
    @Override
    public Optional<HealthEvent> afterValidation(ValidationReading reading) {
      return reading.step() == 2
          ? Optional.of(new HealthEvent.Plateau(2, reading.distance(), 10))
          : Optional.empty();
    }
  }

  /** Holds with the first step of phase two, which is the fourth. */
  private static final class Runaway implements HealthCheck {
    @Override
    public Optional<HealthEvent> afterStep(long step, Map<String, Double> losses) {
      return step == 4
          ? Optional.of(new HealthEvent.DiscriminatorRunaway(step, 0, 9))
          : Optional.empty();
    }
  }

  private static final class Story implements ProcessReporter, StopSignal {
    final List<Map<String, Double>> validations = new ArrayList<>();
    final List<String> health = new ArrayList<>();
    long stopAt = Long.MAX_VALUE;
    private long step;

    @Override
    public void progress(String stage, long step, long totalSteps, Map<String, Double> measures) {
      this.step = step;
    }

    @Override
    public void validation(long step, int phase, double distance, Map<String, Double> measures) {
      validations.add(measures);
    }

    @Override
    public void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes) {}

    @Override
    public void warning(String message) {
      throw new AssertionError(message);
    }

    @Override
    public void health(
        HealthCondition condition, long step, String message, Map<String, Double> measures) {
      health.add(condition.word() + " at " + step);
    }

    @Override
    public boolean stopRequested() {
      return step >= stopAt;
    }

    @Override
    public boolean takeCheckpointRequest() {
      return false;
    }
  }
}
