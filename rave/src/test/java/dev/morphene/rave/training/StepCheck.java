package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.NoiseBranch;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One step of each kind, and what it may change. */
final class StepCheck {
  private StepCheck() {}

  /** The same kinds of latent, losses and discriminators around a network of two small stages. */
  static RaveConfig shrunken(RaveConfig config) {
    return config
        .toDraft()
        .capacity(4)
        .ratios(List.of(4, 2))
        .dilations(List.of(List.of(1, 3), List.of(1)))
        .noise(
            config.noise().map(branch -> new NoiseBranch(4, List.of(2, 2), branch.filterBands())))
        .build();
  }

  static void everyParameterMovesInItsStepAndNoOther(
      TorchRuntime runtime, BatchSource batches, RaveConfig preset) {
    RaveConfig config = preset.withPhaseOneSteps(2);
    try (Trainer trainer = new Trainer(runtime, config, 5, false)) {
      trainer.measureReceptiveField();
      Map<String, TensorData> start = trainer.snapshot().weights();

      assertThat(trainer.step(0, batches.training(0)).finite()).isTrue();
      Map<String, TensorData> represented = trainer.snapshot().weights();
      assertThat(kept(start, represented, path -> generator(path) && !noiseOfTheFirst(path)))
          .isEmpty();
      assertThat(kept(start, represented, StepCheck::codebook)).isEmpty();
      assertThat(
              moved(
                  start,
                  represented,
                  path -> !generator(path) && !codebook(path) && !batchStatistics(path)))
          .isEmpty();
      assertThat(moved(start, represented, StepCheck::noiseOfTheFirst)).isEmpty();

      // Step 4 is divisible by four: the discriminators' turn.
      assertThat(trainer.schedule().kind(4)).isEqualTo(TrainingSchedule.Kind.DISCRIMINATOR);
      assertThat(trainer.step(4, batches.training(4)).finite()).isTrue();
      Map<String, TensorData> judged = trainer.snapshot().weights();
      assertThat(kept(represented, judged, StepCheck::judge)).isEmpty();
      List<String> warmed = judged.keySet().stream().filter(StepCheck::warmedUp).toList();
      assertThat(
              moved(
                  represented,
                  judged,
                  path -> !path.startsWith("discriminator.") && !batchStatistics(path)))
          .isEqualTo(warmed);
      warmed.forEach(path -> assertThat(judged.get(path)).isEqualTo(TensorData.scalar(1L)));

      assertThat(trainer.schedule().kind(5)).isEqualTo(TrainingSchedule.Kind.GENERATOR);
      StepLosses losses = trainer.step(5, batches.training(5));
      assertThat(losses.finite()).isTrue();
      assertThat(losses.parts().get("feature_matching")).isPositive();
      Map<String, TensorData> rebuilt = trainer.snapshot().weights();
      assertThat(kept(judged, rebuilt, path -> path.startsWith("decoder.") && generator(path)))
          .isEmpty();
      assertThat(
              moved(
                  judged, rebuilt, path -> !path.startsWith("decoder.") && !batchStatistics(path)))
          .isEmpty();
    }
  }

  /**
   * Scores' biases may stay: in the hinge's linear part real and fake pull at them equally. So may
   * those of the layer before, where its leaky units are all on one side.
   */
  private static boolean judge(String path) {
    boolean scoreBias =
        Stream.of("net.8.bias", "conv_post.bias", "net.5.bias", "net.4.0.bias")
            .anyMatch(path::endsWith);
    boolean bandBias = path.contains("band_convs.") && path.endsWith(".4.0.bias");
    return path.startsWith("discriminator.")
        && !scoreBias
        && !bandBias
        && !path.endsWith(".window");
  }

  /** Parameters of encoder and decoder. */
  private static boolean generator(String path) {
    boolean network = path.startsWith("encoder.encoder") || path.startsWith("decoder.");
    boolean styles = path.matches(".*\\.(mean|std|learn|num_update)_[xy]");
    return network
        && !styles
        && !batchStatistics(path)
        && !warmedUp(path)
        && !path.endsWith(".target_size");
  }

  /** Silent in phase one, so that nothing reaches it. */
  private static boolean noiseOfTheFirst(String path) {
    return path.startsWith("decoder.synth.branches.2.net.");
  }

  /** They follow the batches for ever. */
  private static boolean batchStatistics(String path) {
    return path.endsWith(".running_mean")
        || path.endsWith(".running_var")
        || path.endsWith(".num_batches_tracked");
  }

  private static boolean warmedUp(String path) {
    return path.endsWith(".warmed_up");
  }

  private static boolean codebook(String path) {
    return path.startsWith("encoder.rvq.") || path.equals("encoder.enabled");
  }

  private static List<String> moved(
      Map<String, TensorData> before, Map<String, TensorData> after, Predicate<String> which) {
    return before.keySet().stream()
        .filter(which)
        .filter(path -> !before.get(path).equals(after.get(path)))
        .toList();
  }

  private static List<String> kept(
      Map<String, TensorData> before, Map<String, TensorData> after, Predicate<String> which) {
    return before.keySet().stream()
        .filter(which)
        .filter(path -> before.get(path).equals(after.get(path)))
        .toList();
  }
}
