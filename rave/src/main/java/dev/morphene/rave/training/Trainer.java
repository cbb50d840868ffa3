package dev.morphene.rave.training;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.checkpoint.OptimizerState;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.TrainingFeatures;
import dev.morphene.rave.torch.OneDnnComparison;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * A model in training on one device. Every random number of a step is drawn from a seed that
 * depends on the run's seed and the step alone. To be used by one thread at a time.
 */
final class Trainer implements AutoCloseable {
  private static final int FIRST_PROBE_SAMPLES = 1 << 15;

  private final TorchRuntime runtime;
  private final RaveConfig config;
  private final long seed;
  private final double matchingWeight;
  private final double adversarialWeight;
  private final TrainingSchedule schedule;
  private final OptimizerModule generator;
  private final OptimizerModule discriminator;
  private final OptionalDouble averageFactor;
  private final Optional<AverageModule> average;
  private final Precision precision;
  private final OneDnnComparison oneDnn;
  private final TorchModule module;

  /**
   * @param config with the run's own length of phase one
   * @param matchingTwice weight feature matching and the discriminators' judgement twice, as the
   *     official 2.3 does
   * @param features of which moving average and precision matter here
   */
  Trainer(
      TorchRuntime runtime,
      RaveConfig config,
      long seed,
      boolean matchingTwice,
      TrainingFeatures features) {
    this.runtime = runtime;
    this.config = config;
    this.seed = seed;
    this.matchingWeight = weight(config.training().featureMatchingWeight(), matchingTwice);
    this.adversarialWeight = weight(config.training().weights().adversarial(), matchingTwice);
    this.precision = features.precision();
    this.oneDnn = new OneDnnComparison(runtime);
    this.schedule = new TrainingSchedule(config.training());
    // Not kept: its copy of all tensors would stay in the heap for the whole run.
    TrainingScript script =
        TrainingScript.of(config, seed, features.emaFactor().isPresent(), features.precision());
    this.generator = script.generator();
    this.discriminator = script.discriminator();
    this.averageFactor = features.emaFactor();
    this.average = script.average();
    this.module = runtime.load(script.root(), true);
  }

  /** Without features. */
  Trainer(TorchRuntime runtime, RaveConfig config, long seed, boolean matchingTwice) {
    this(runtime, config, seed, matchingTwice, TrainingFeatures.none());
  }

  private static double weight(double once, boolean twice) {
    return twice ? once * once : once;
  }

  TrainingSchedule schedule() {
    return schedule;
  }

  /**
   * Measures the receptive field by back-propagation and sets the loss's crop by it. Counted as the
   * official trainer does: of a causal model, whose newest samples do not come in, the right is 0
   * and the left only what does.
   */
  ReceptiveField measureReceptiveField() {
    for (long samples = FIRST_PROBE_SAMPLES; ; samples *= 2) {
      runtime.seed(seed);
      List<ScriptValue> touched =
          evaluated(
                  "probe_receptive_field",
                  true,
                  ScriptValue.of((long) config.channels()),
                  ScriptValue.of(samples))
              .asList();
      long first = touched.get(0).asLong();
      long last = touched.get(1).asLong();
      if (first > 0 && last < samples - 1) {
        long middle = samples / 2;
        ReceptiveField field =
            new ReceptiveField(Math.min(last + 1, middle) - first, Math.max(0, last + 1 - middle));
        module.run(
            "set_receptive_field",
            false,
            ScriptValue.of(field.left()),
            ScriptValue.of(field.right()));
        return field;
      }
    }
  }

  /**
   * Makes one step.
   *
   * @param step number of the step, 0 the first
   * @param batch (batch, channels, samples), full scale ±1
   * @return losses; when they are no numbers nothing was changed
   */
  StepLosses step(long step, TensorData batch) {
    TrainingSchedule.Kind kind = schedule.kind(step);
    StepLosses losses = StepLosses.of(kind, compute(kind, step, batch));
    if (averageFactor.isPresent() && losses.finite()) {
      module.run("update_average", false, ScriptValue.of(averageFactor.getAsDouble()));
    }
    return losses;
  }

  private ScriptValue compute(TrainingSchedule.Kind kind, long step, TensorData batch) {
    if (precision != Precision.FP32) {
      return run(kind, step, batch);
    }
    long[] shape = batch.shape();
    boolean judged = kind != TrainingSchedule.Kind.REPRESENTATION;
    return oneDnn.run(
        "steps of phase " + (judged ? 2 : 1) + " for batches " + Arrays.toString(shape),
        () -> convolved(OneDnnComparison.noise(shape), judged),
        () -> run(kind, step, batch));
  }

  /**
   * What a step of a phase convolves, without loss and optimiser; changes nothing.
   *
   * @param judged by the discriminators, as in the second phase
   * @return latents and audio, sums of the discriminators' features, gradients
   */
  List<TensorData> convolved(TensorData batch, boolean judged) {
    return evaluated("convolved", true, ScriptValue.of(batch), ScriptValue.of(judged))
        .asList()
        .stream()
        .map(ScriptValue::asTensor)
        .toList();
  }

  private ScriptValue run(TrainingSchedule.Kind kind, long step, TensorData batch) {
    runtime.seed(Seeds.of(seed, Seeds.Purpose.STEP, step));
    ScriptValue x = ScriptValue.of(batch);
    ScriptValue rate = ScriptValue.of(schedule.generatorRate(step));
    return switch (kind) {
      case REPRESENTATION ->
          module.run("representation_step", true, x, rate, ScriptValue.of(schedule.beta(step)));
      case GENERATOR ->
          module.run(
              "generator_step",
              true,
              x,
              rate,
              ScriptValue.of(matchingWeight),
              ScriptValue.of(adversarialWeight));
      case DISCRIMINATOR ->
          module.run(
              "discriminator_step", true, x, ScriptValue.of(TrainingSchedule.DISCRIMINATOR_RATE));
    };
  }

  /** Whether a moving average is kept. */
  boolean hasAverage() {
    return average.isPresent();
  }

  /**
   * Does {@code work} with the moving average in the model's place; its latents' analysis is kept
   * apart as well.
   *
   * @throws IllegalStateException when no average is kept
   */
  <T> T withAverage(Supplier<T> work) {
    if (average.isEmpty()) {
      throw new IllegalStateException("This run keeps no moving average.");
    }
    module.run("exchange_average", false);
    try {
      return work.get();
    } finally {
      module.run("exchange_average", false);
    }
  }

  /**
   * Full-band distance of a batch and its reconstruction, and the means of its latents.
   *
   * @param number of the batch; decides the random draw, so that validations can be compared
   */
  ValidatedBatch validate(int number, TensorData batch) {
    runtime.seed(Seeds.of(seed, Seeds.Purpose.VALIDATION, -1, number));
    List<ScriptValue> result = evaluated("validate", false, ScriptValue.of(batch)).asList();
    List<ScriptValue> levels = result.get(2).asList();
    return new ValidatedBatch(
        result.get(0).asDouble(),
        result.get(1).asTensor(),
        new Levels(
            levels.get(0).asDouble(),
            levels.get(1).asDouble(),
            levels.get(2).asDouble(),
            levels.get(3).asDouble()));
  }

  /** Normalises by what was learned, not by the batch, which would then reach everywhere. */
  private ScriptValue evaluated(String method, boolean withGradients, ScriptValue... arguments) {
    module.setTraining(false);
    try {
      return module.run(method, withGradients, arguments);
    } finally {
      module.setTraining(true);
    }
  }

  /**
   * @param distance mean over the batch
   * @param latentMeans (frames of all items, latents)
   */
  record ValidatedBatch(double distance, TensorData latentMeans, Levels levels) {}

  /**
   * Principal components of latents: sets {@code latent_mean}, {@code latent_pca} and {@code
   * fidelity}.
   *
   * @param latentMeans (frames, latents); at least one frame
   * @return fidelity: cumulative share of variance, one value per latent
   */
  float[] analyseLatents(TensorData latentMeans) {
    return module.run("analyse_latents", false, ScriptValue.of(latentMeans)).asTensor().floats();
  }

  /** A consistent copy of everything that training changes. */
  Snapshot snapshot() {
    Map<String, TensorData> tensors = module.tensors();
    Map<String, TensorData> weights = new LinkedHashMap<>();
    tensors.forEach(
        (path, tensor) -> {
          if (isOfficial(path)) {
            weights.put(path, tensor);
          }
        });
    return new Snapshot(
        weights,
        generator.state(tensors),
        discriminator.state(tensors),
        average.map(module -> module.state(tensors)));
  }

  /** The training's own children and buffers have names that begin with an underscore. */
  private static boolean isOfficial(String path) {
    return !path.startsWith("_") && path.charAt(path.lastIndexOf('.') + 1) != '_';
  }

  /**
   * @param weights the state dict
   * @param generator optimiser of encoder and decoder
   * @param discriminator optimiser of the discriminators
   * @param average moving average of the generator with the analysis of its latents, by the names
   *     of the state dict
   */
  record Snapshot(
      Map<String, TensorData> weights,
      OptimizerState generator,
      OptimizerState discriminator,
      Optional<Map<String, TensorData>> average) {}

  /** Puts back what {@link #snapshot} gave. */
  void restore(Snapshot snapshot) {
    Map<String, TensorData> tensors = new LinkedHashMap<>(snapshot.weights());
    tensors.putAll(generator.tensors(snapshot.generator()));
    tensors.putAll(discriminator.tensors(snapshot.discriminator()));
    average.ifPresent(module -> tensors.putAll(module.tensors(snapshot.average().orElseThrow())));
    module.setTensors(tensors);
  }

  @Override
  public void close() {
    module.close();
  }
}
