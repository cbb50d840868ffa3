package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.loss.SpectralDistance;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.Pqmf;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Writes a checkpoint as the official trainer's framework lays it out (PyTorch Lightning 1.9): the
 * official program resumes from it and exports it, beside a {@code config.gin} of the same
 * configuration, which it writes itself at the start of any run.
 */
public final class OfficialCheckpointWriter {
  private static final String FRAMEWORK_VERSION = "1.9.0";
  private static final double FIRST_RATE = 1e-3;
  private static final double LAST_FACTOR = 0.1;
  private static final double DISCRIMINATOR_RATE = 1e-4;

  private OfficialCheckpointWriter() {}

  /**
   * Writes a file anew and forces it to the disk.
   *
   * @throws JobFailure STORAGE when it cannot be written
   */
  public static void write(Path file, Checkpoint checkpoint) {
    TorchTree.write(file, tree(checkpoint));
  }

  static Map<String, Object> tree(Checkpoint checkpoint) {
    long step = checkpoint.step();
    Map<String, TensorData> state = stateDict(checkpoint);
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("epoch", checkpoint.epoch());
    tree.put("global_step", step);
    tree.put(OfficialModel.FRAMEWORK, FRAMEWORK_VERSION);
    tree.put("state_dict", new TorchTree.Ordered(state));
    tree.put("loops", Map.of("fit_loop", fitLoop(checkpoint)));
    Map<String, Object> callbacks = new LinkedHashMap<>();
    for (String callback : List.of("WarmupCallback", "QuantizeCallback", "BetaWarmupCallback")) {
      callbacks.put(callback, Map.of("training_steps", step));
    }
    checkpoint
        .average()
        .ifPresent(average -> callbacks.put(OfficialModel.AVERAGE, averaged(average, state)));
    tree.put(OfficialModel.CALLBACKS, callbacks);
    double rate = generatorRate(checkpoint);
    Map<String, Object> generator = group(rate);
    generator.put("initial_lr", FIRST_RATE);
    tree.put(
        "optimizer_states",
        List.of(
            adam(checkpoint.generator(), generator, state, "encoder.", "decoder."),
            adam(checkpoint.discriminator(), group(DISCRIMINATOR_RATE), state, "discriminator.")));
    tree.put("lr_schedulers", List.of(schedule(checkpoint, rate)));
    return tree;
  }

  /** All entries of an official state dict: ours, and what is the same in every model. */
  private static Map<String, TensorData> stateDict(Checkpoint checkpoint) {
    Map<String, TensorData> ours = new LinkedHashMap<>(checkpoint.weights());
    ours.putIfAbsent(ModelWeights.RECEPTIVE_FIELD, TensorData.ofLongs(new long[2], 2));
    Map<String, TensorData> known = new LinkedHashMap<>();
    known.put("pqmf.hk", bank());
    known.put("pqmf.h", prototype());
    known.put("pqmf.forward_conv.weight", analysis());
    known.put("pqmf.inverse_conv.weight", synthesis());
    Map<String, TensorData> model = ModelWeights.of(checkpoint.config(), ours).tensors();
    // Codebooks come after the network that they are behind.
    model.keySet().stream()
        .filter(key -> !key.startsWith("encoder.rvq."))
        .forEach(key -> known.put(key, model.get(key)));
    known.putAll(model);
    ours.keySet().stream()
        .filter(key -> key.startsWith("discriminator."))
        .forEach(key -> known.put(key, ours.get(key)));
    for (String distance : List.of("audio_distance.", "multiband_audio_distance.")) {
      SpectralDistance.module(checkpoint.config().training().logEpsilon())
          .stateDict()
          .forEach((key, window) -> known.put(distance + key, window));
    }
    Map<String, TensorData> ordered = new LinkedHashMap<>();
    StateDictOrder.of(known.keySet()).forEach(key -> ordered.put(key, known.get(key)));
    return ordered;
  }

  /** Every parameter; those that are not averaged here, as they are. */
  private static Map<String, TensorData> averaged(
      Map<String, TensorData> average, Map<String, TensorData> state) {
    Map<String, TensorData> averaged = new LinkedHashMap<>();
    for (String key :
        StateDictOrder.parameters(
            state.keySet(), "pqmf.", "encoder.", "decoder.", "discriminator.")) {
      averaged.put(key, average.getOrDefault(key, state.get(key)));
    }
    return averaged;
  }

  private static TensorData bank() {
    double[][] bank = Pqmf.bank();
    float[] data = new float[bank.length * bank[0].length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) bank[i / bank[0].length][i % bank[0].length];
    }
    return TensorData.ofFloats(data, bank.length, bank[0].length);
  }

  private static TensorData prototype() {
    double[] taps = Pqmf.prototype();
    float[] data = new float[taps.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) taps[i];
    }
    return TensorData.ofFloats(data, data.length);
  }

  /** (band, 1, tap): the bank with a zero behind it. */
  private static TensorData analysis() {
    double[][] bank = Pqmf.bank();
    int taps = bank[0].length + 1;
    float[] data = new float[bank.length * taps];
    for (int band = 0; band < bank.length; band++) {
      for (int tap = 0; tap < taps - 1; tap++) {
        data[band * taps + tap] = (float) bank[band][tap];
      }
    }
    return TensorData.ofFloats(data, bank.length, 1, taps);
  }

  /** (phase of the audio from the last, band, tap): the bank reversed, with a gain of 16. */
  private static TensorData synthesis() {
    double[][] bank = Pqmf.bank();
    int bands = bank.length;
    int taps = bank[0].length / bands + 1;
    float[] data = new float[bands * bands * taps];
    for (int phase = 0; phase < bands; phase++) {
      for (int band = 0; band < bands; band++) {
        for (int tap = 0; tap < taps - 1; tap++) {
          data[(phase * bands + band) * taps + tap] =
              (float) (bands * bank[band][bank[0].length - 1 - (bands * tap + phase)]);
        }
      }
    }
    return TensorData.ofFloats(data, bands, bands, taps);
  }

  private static Map<String, Object> adam(
      OptimizerState optimizer,
      Map<String, Object> group,
      Map<String, TensorData> state,
      String... prefixes) {
    List<String> parameters = StateDictOrder.parameters(state.keySet(), prefixes);
    Map<Long, Object> moments = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size() && optimizer.step().floats()[0] > 0; i++) {
      Map<String, Object> own = new LinkedHashMap<>();
      own.put("step", optimizer.step());
      own.put("exp_avg", optimizer.firstMoments().get(parameters.get(i)));
      own.put("exp_avg_sq", optimizer.secondMoments().get(parameters.get(i)));
      moments.put((long) i, own);
    }
    List<Long> numbers = LongStream.range(0, parameters.size()).boxed().toList();
    group.put("params", numbers);
    Map<String, Object> adam = new LinkedHashMap<>();
    adam.put("state", moments);
    adam.put("param_groups", List.of(group));
    return adam;
  }

  private static Map<String, Object> group(double rate) {
    Map<String, Object> group = new LinkedHashMap<>();
    group.put("lr", rate);
    group.put("betas", List.of(0.5, 0.9));
    group.put("eps", 1e-8);
    group.put("weight_decay", 0L);
    group.put("amsgrad", false);
    group.put("maximize", false);
    group.put("foreach", null);
    group.put("capturable", false);
    return group;
  }

  private static double generatorRate(Checkpoint checkpoint) {
    double total = checkpoint.config().training().phaseOneSteps();
    return FIRST_RATE * (1 - (1 - LAST_FACTOR) * Math.min(1, checkpoint.step() / total));
  }

  private static Map<String, Object> schedule(Checkpoint checkpoint, double rate) {
    Map<String, Object> schedule = new LinkedHashMap<>();
    schedule.put("start_factor", 1.0);
    schedule.put("end_factor", LAST_FACTOR);
    schedule.put("total_iters", checkpoint.config().training().phaseOneSteps());
    schedule.put("base_lrs", List.of(FIRST_RATE));
    schedule.put("last_epoch", checkpoint.step());
    schedule.put("verbose", false);
    schedule.put("_step_count", checkpoint.step() + 1);
    schedule.put("_get_lr_called_within_step", false);
    schedule.put("_last_lr", List.of(rate));
    return schedule;
  }

  /** Counters of the framework's loops; those it does not use in such a run are at zero. */
  private static Map<String, Object> fitLoop(Checkpoint checkpoint) {
    long step = checkpoint.step();
    long batch = checkpoint.batchInEpoch();
    long epoch = checkpoint.epoch();
    Map<String, Object> optimizer = new LinkedHashMap<>();
    optimizer.put("step", counters(2, 0, 0));
    optimizer.put("zero_grad", counters(3, 0, 0));
    Map<String, Object> optimizerLoop = new LinkedHashMap<>();
    optimizerLoop.put("optimizer", optimizer);
    optimizerLoop.put("optimizer_position", 0L);
    Map<String, Object> loop = new LinkedHashMap<>();
    loop.put("state_dict", Map.of());
    loop.put("epoch_loop.state_dict", Map.of("_batches_that_stepped", step));
    loop.put("epoch_loop.batch_progress", batches(step, batch));
    loop.put("epoch_loop.scheduler_progress", counters(2, 0, 0));
    loop.put("epoch_loop.batch_loop.state_dict", Map.of());
    loop.put("epoch_loop.batch_loop.optimizer_loop.state_dict", Map.of());
    loop.put("epoch_loop.batch_loop.optimizer_loop.optim_progress", optimizerLoop);
    loop.put("epoch_loop.batch_loop.manual_loop.state_dict", Map.of());
    loop.put("epoch_loop.batch_loop.manual_loop.optim_step_progress", counters(2, step, batch));
    loop.put("epoch_loop.val_loop.state_dict", Map.of());
    loop.put("epoch_loop.val_loop.dataloader_progress", counters(2, 0, 0));
    loop.put("epoch_loop.val_loop.epoch_loop.state_dict", Map.of());
    loop.put("epoch_loop.val_loop.epoch_loop.batch_progress", batches(0, 0));
    loop.put("epoch_progress", counters(4, epoch, epoch));
    return loop;
  }

  private static Map<String, Object> batches(long total, long current) {
    Map<String, Object> progress = new LinkedHashMap<>(counters(4, total, current));
    progress.put("is_last_batch", false);
    return progress;
  }

  /** As many of the framework's stages of a unit of work as it counts. */
  private static Map<String, Object> counters(int stages, long total, long current) {
    Map<String, Object> counters = new LinkedHashMap<>();
    counters.put("total", counter(stages, total));
    counters.put("current", counter(stages, current));
    return counters;
  }

  private static Map<String, Object> counter(int stages, long value) {
    Map<String, Object> counter = new LinkedHashMap<>();
    for (String stage : List.of("ready", "completed", "started", "processed").subList(0, stages)) {
      counter.put(stage, value);
    }
    return counter;
  }
}
