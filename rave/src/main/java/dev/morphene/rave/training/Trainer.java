package dev.morphene.rave.training;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.checkpoint.OptimizerState;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  private final TrainingSchedule schedule;
  private final OptimizerModule generator;
  private final OptimizerModule discriminator;
  private final TorchModule module;

  /**
   * @param config with the run's own length of phase one
   * @param matchingTwice weight feature matching twice, as the official 2.3 does
   */
  Trainer(TorchRuntime runtime, RaveConfig config, long seed, boolean matchingTwice) {
    this.runtime = runtime;
    this.config = config;
    this.seed = seed;
    double once = config.training().featureMatchingWeight();
    this.matchingWeight = matchingTwice ? once * once : once;
    this.schedule = new TrainingSchedule(config.training());
    // Not kept: its copy of all tensors would stay in the heap for the whole run.
    TrainingScript script = TrainingScript.of(config, seed);
    this.generator = script.generator();
    this.discriminator = script.discriminator();
    this.module = runtime.load(script.root(), true);
  }

  TrainingSchedule schedule() {
    return schedule;
  }

  /** Measures the receptive field by back-propagation and sets the loss's crop by it. */
  ReceptiveField measureReceptiveField() {
    for (long samples = FIRST_PROBE_SAMPLES; ; samples *= 2) {
      runtime.seed(seed);
      List<ScriptValue> touched =
          module
              .run(
                  "probe_receptive_field",
                  true,
                  ScriptValue.of((long) config.channels()),
                  ScriptValue.of(samples))
              .asList();
      long first = touched.get(0).asLong();
      long last = touched.get(1).asLong();
      if (first > 0 && last < samples - 1) {
        ReceptiveField field = new ReceptiveField(samples / 2 - first, last - samples / 2 + 1);
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
    runtime.seed(Seeds.of(seed, Seeds.Purpose.STEP, step));
    TrainingSchedule.Kind kind = schedule.kind(step);
    ScriptValue x = ScriptValue.of(batch);
    ScriptValue rate = ScriptValue.of(schedule.generatorRate(step));
    ScriptValue result =
        switch (kind) {
          case REPRESENTATION ->
              module.run("representation_step", true, x, rate, ScriptValue.of(schedule.beta(step)));
          case GENERATOR ->
              module.run("generator_step", true, x, rate, ScriptValue.of(matchingWeight));
          case DISCRIMINATOR ->
              module.run(
                  "discriminator_step",
                  true,
                  x,
                  ScriptValue.of(TrainingSchedule.DISCRIMINATOR_RATE));
        };
    return StepLosses.of(kind, result);
  }

  /**
   * Full-band distance of a batch and its reconstruction, and the means of its latents.
   *
   * @param number of the batch; decides the random draw, so that validations can be compared
   */
  ValidatedBatch validate(int number, TensorData batch) {
    runtime.seed(Seeds.of(seed, Seeds.Purpose.VALIDATION, -1, number));
    List<ScriptValue> result = module.run("validate", false, ScriptValue.of(batch)).asList();
    return new ValidatedBatch(result.get(0).asDouble(), result.get(1).asTensor());
  }

  /**
   * @param distance mean over the batch
   * @param latentMeans (frames of all items, latents)
   */
  record ValidatedBatch(double distance, TensorData latentMeans) {}

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
          if (!path.startsWith("_") && !path.contains("._")) {
            weights.put(path, tensor);
          }
        });
    return new Snapshot(weights, generator.state(tensors), discriminator.state(tensors));
  }

  /**
   * @param weights the state dict
   * @param generator optimiser of encoder and decoder
   * @param discriminator optimiser of the discriminators
   */
  record Snapshot(
      Map<String, TensorData> weights, OptimizerState generator, OptimizerState discriminator) {}

  /** Puts back what {@link #snapshot} gave. */
  void restore(Snapshot snapshot) {
    Map<String, TensorData> tensors = new LinkedHashMap<>(snapshot.weights());
    tensors.putAll(generator.tensors(snapshot.generator()));
    tensors.putAll(discriminator.tensors(snapshot.discriminator()));
    module.setTensors(tensors);
  }

  @Override
  public void close() {
    module.close();
  }
}
