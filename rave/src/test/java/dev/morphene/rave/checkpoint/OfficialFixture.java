package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.discriminator.DiscriminatorModule;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Checkpoints of small models with the layers of the large ones. */
public final class OfficialFixture {
  private OfficialFixture() {}

  /** A preset with few channels: as many tensors, none of them large. */
  public static RaveConfig shrunken(String preset) {
    RaveConfig full = RaveConfig.preset(preset, 48_000);
    DiscriminatorConfig judges = full.discriminator();
    return full.toDraft()
        .capacity(4)
        .latentSize(8)
        .discriminator(new DiscriminatorConfig(2, judges.periods(), judges.scales(), judges.kind()))
        .latent(
            new LatentSpace(
                full.latent().kind(),
                full.latent().noiseChannels(),
                full.latent().quantizers(),
                full.latent().codes() / 128))
        .build();
  }

  /** In the second phase, every tensor of the optimisers with values of its own. */
  public static Checkpoint checkpoint(RaveConfig config) {
    Map<String, TensorData> weights =
        new LinkedHashMap<>(ModelWeights.initial(config, 1).tensors());
    weights.put(ModelWeights.RECEPTIVE_FIELD, TensorData.ofLongs(new long[] {27_117, 26_428}, 2));
    DiscriminatorModule.module(config.discriminator(), config.channels(), new Random(1))
        .stateDict()
        .forEach((key, tensor) -> weights.put("discriminator." + key, tensor));
    long step = config.training().phaseOneSteps() + 7;
    return new Checkpoint(
        "violin",
        step,
        2,
        0,
        3,
        0,
        config,
        Map.of(),
        weights,
        optimizer(weights, step, "encoder.", "decoder."),
        optimizer(weights, 2, "discriminator."),
        ValidationRecord.none());
  }

  /** The same checkpoint of a run that keeps a moving average. */
  static Checkpoint averaged(Checkpoint plain, Map<String, TensorData> average) {
    return new Checkpoint(
        plain.name(),
        plain.step(),
        plain.phase(),
        plain.seed(),
        plain.epoch(),
        plain.batchInEpoch(),
        plain.config(),
        plain.recipe(),
        plain.weights(),
        plain.generator(),
        plain.discriminator(),
        plain.validation(),
        Optional.of(average));
  }

  private static OptimizerState optimizer(
      Map<String, TensorData> weights, long steps, String... prefixes) {
    Map<String, TensorData> first = new LinkedHashMap<>();
    Map<String, TensorData> second = new LinkedHashMap<>();
    List<String> parameters = StateDictOrder.parameters(weights.keySet(), prefixes);
    for (int i = 0; i < parameters.size(); i++) {
      first.put(parameters.get(i), filled(weights.get(parameters.get(i)), i + 0.25f));
      second.put(parameters.get(i), filled(weights.get(parameters.get(i)), i + 0.5f));
    }
    return new OptimizerState(TensorData.scalar((float) steps), first, second);
  }

  private static TensorData filled(TensorData like, float value) {
    float[] data = new float[like.elementCount()];
    Arrays.fill(data, value);
    return TensorData.ofFloats(data, like.shape());
  }
}
