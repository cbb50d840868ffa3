package dev.morphene.rave.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our checkpoints in the official layout and back. */
class OfficialCheckpointTest {
  private static final RaveConfig TINY = RaveConfig.preset("tiny", 48_000);

  @TempDir Path folder;

  private Path written(Checkpoint checkpoint) {
    Path file = folder.resolve("official.ckpt");
    OfficialCheckpointWriter.write(file, checkpoint);
    return file;
  }

  private Path gin(String text) throws java.io.IOException {
    return Files.writeString(folder.resolve("config.gin"), text);
  }

  @Test
  void whatIsWrittenIsReadBackEqual() throws Exception {
    Checkpoint checkpoint = OfficialFixture.checkpoint(TINY);
    gin("SAMPLING_RATE = 48000\nPHASE_1_DURATION = 2000");
    OfficialImport back = OfficialImport.read(written(checkpoint));
    assertThat(back.checkpoint().weights()).isEqualTo(checkpoint.weights());
    assertThat(back.checkpoint().generator()).isEqualTo(checkpoint.generator());
    assertThat(back.checkpoint().discriminator()).isEqualTo(checkpoint.discriminator());
    assertThat(back.checkpoint().config()).isEqualTo(TINY);
    assertThat(back.checkpoint().step()).isEqualTo(2_007);
    assertThat(back.checkpoint().phase()).isEqualTo(2);
    assertThat(back.checkpoint().epoch()).isEqualTo(3);
    assertThat(back.checkpoint().recipe())
        .containsEntry("config", "tiny")
        .containsEntry("phaseOneSteps", "2000")
        .containsEntry(OfficialImport.ORIGIN, "official.ckpt");
    assertThat(back.checkpoint().average()).isEmpty();
  }

  @Test
  void theFileHasTheOfficialLayout() {
    Map<String, Object> tree = TorchTree.read(written(OfficialFixture.checkpoint(TINY)));
    assertThat(tree.keySet())
        .containsExactly(
            "epoch",
            "global_step",
            "pytorch-lightning_version",
            "state_dict",
            "loops",
            "callbacks",
            "optimizer_states",
            "lr_schedulers");
    assertThat(tree.get("callbacks"))
        .hasToString(
            "{WarmupCallback={training_steps=2007}, QuantizeCallback={training_steps=2007},"
                + " BetaWarmupCallback={training_steps=2007}}");
    Map<?, ?> loops = (Map<?, ?>) ((Map<?, ?>) tree.get("loops")).get("fit_loop");
    assertThat(loops.get("epoch_loop.state_dict")).hasToString("{_batches_that_stepped=2007}");
    Map<?, ?> schedule = (Map<?, ?>) ((List<?>) tree.get("lr_schedulers")).get(0);
    assertThat((Double) ((List<?>) schedule.get("_last_lr")).get(0)).isCloseTo(1e-4, within(1e-12));
    List<String> keys =
        ((Map<?, ?>) tree.get("state_dict")).keySet().stream().map(k -> (String) k).toList();
    assertThat(keys)
        .startsWith(
            "latent_pca",
            "latent_mean",
            "fidelity",
            "receptive_field",
            "pqmf.hk",
            "pqmf.h",
            "pqmf.forward_conv.weight",
            "pqmf.inverse_conv.weight",
            "encoder.warmed_up",
            "encoder.encoder.net.0.weight_g",
            "encoder.encoder.net.0.weight_v")
        .endsWith(
            "multiband_audio_distance.multiscale_stft.stfts.3.window",
            "multiband_audio_distance.multiscale_stft.stfts.4.window");
    List<String> groups = new ArrayList<>();
    keys.forEach(
        key -> {
          String group = key.substring(0, Math.max(0, key.indexOf('.')));
          if (groups.isEmpty() || !groups.get(groups.size() - 1).equals(group)) {
            groups.add(group);
          }
        });
    assertThat(groups)
        .containsExactly(
            "",
            "pqmf",
            "encoder",
            "decoder",
            "discriminator",
            "audio_distance",
            "multiband_audio_distance");
    Map<?, ?> state = (Map<?, ?>) tree.get("state_dict");
    assertThat(state.get("pqmf.forward_conv.weight")).hasToString("FLOAT32[16, 1, 513]");
    assertThat(state.get("pqmf.inverse_conv.weight")).hasToString("FLOAT32[16, 16, 33]");
    float[] analysis = ((TensorData) state.get("pqmf.forward_conv.weight")).floats();
    float[] bank = ((TensorData) state.get("pqmf.hk")).floats();
    assertThat(analysis[513 + 252])
        .isEqualTo(bank[512 + 252])
        .isCloseTo(-0.0065854f, within(1e-6f));
    assertThat(analysis[2 * 513 - 1]).isZero();
    Map<?, ?> generator = (Map<?, ?>) ((List<?>) tree.get("optimizer_states")).get(0);
    assertThat((Map<?, ?>) generator.get("state")).hasSize(112);
  }

  /** Entries of an official state dict, counted on models of the official program. */
  @ParameterizedTest
  @CsvSource({
    "v1, 154",
    "onnx, 150",
    "raspberry, 150",
    "v2, 243",
    "v3, 644",
    "discrete, 308",
    "discrete+snake+descript_discriminator, 533",
    "v2+spherical, 242",
    "v2+spectral_discriminator, 268",
    "v2+descript_discriminator, 458",
    "v2_small, 247",
    "v2+noise, 247",
    "v2+wasserstein, 243",
    "v2+adain, 419",
    "v2+snake, 253",
    "v2+causal, 243"
  })
  void everyConfigHasAllItsEntries(String config, int entries) {
    Map<String, Object> tree =
        OfficialCheckpointWriter.tree(OfficialFixture.checkpoint(OfficialFixture.shrunken(config)));
    assertThat(((TorchTree.Ordered) tree.get("state_dict")).entries()).hasSize(entries);
  }

  @Test
  void theNoiseBranchComesBetweenTheWaveformAndTheBody() {
    Map<String, Object> tree =
        OfficialCheckpointWriter.tree(
            OfficialFixture.checkpoint(OfficialFixture.shrunken("v2_small")));
    List<String> decoder =
        ((TorchTree.Ordered) tree.get("state_dict"))
            .entries().keySet().stream().filter(key -> key.startsWith("decoder.")).toList();
    assertThat(decoder)
        .startsWith(
            "decoder.waveform_module.weight_g",
            "decoder.waveform_module.weight_v",
            "decoder.noise_module.target_size",
            "decoder.noise_module.net.0.weight",
            "decoder.noise_module.net.2.weight",
            "decoder.noise_module.net.4.weight",
            "decoder.net.0.weight_g");
  }

  /**
   * Parameters that no gradient has reached have no moments; older files count in whole numbers.
   */
  @Test
  void missingMomentsAreZeroAndStepsMayBeWhole() throws Exception {
    Map<String, Object> tree =
        new LinkedHashMap<>(OfficialCheckpointWriter.tree(OfficialFixture.checkpoint(TINY)));
    Map<Long, Object> moments = new LinkedHashMap<>();
    Map<?, ?> all = (Map<?, ?>) adam(tree, 0).get("state");
    Map<String, Object> only = new LinkedHashMap<>();
    ((Map<?, ?>) all.get(1L)).forEach((key, value) -> only.put((String) key, value));
    only.put("step", 41L);
    moments.put(1L, only);
    tree.put("optimizer_states", List.of(Map.of("state", moments), adam(tree, 1)));
    Path file = folder.resolve("old.ckpt");
    TorchTree.write(file, tree);
    OptimizerState generator = OfficialImport.read(file).checkpoint().generator();
    assertThat(generator.step()).isEqualTo(TensorData.scalar(41f));
    assertThat(generator.firstMoments().get("encoder.encoder.net.0.weight_g").floats()[0]).isZero();
    assertThat(generator.firstMoments().get("encoder.encoder.net.0.weight_v").floats()[0])
        .isEqualTo(1.25f);
  }

  private static Map<?, ?> adam(Map<String, Object> tree, int index) {
    return (Map<?, ?>) ((List<?>) tree.get("optimizer_states")).get(index);
  }

  @Test
  void theMovingAverageGoesAndComesBack() {
    Checkpoint plain = OfficialFixture.checkpoint(TINY);
    Map<String, TensorData> average = new LinkedHashMap<>(plain.generator().firstMoments());
    for (String analysis : List.of("latent_pca", "latent_mean", "fidelity")) {
      average.put(analysis, plain.weights().get(analysis));
    }
    Path file = written(OfficialFixture.averaged(plain, average));
    OfficialImport back = OfficialImport.read(file);
    assertThat(back.checkpoint().average()).contains(average);
    assertThat(back.checkpoint().recipe()).doesNotContainKey("ema");
    Map<?, ?> callbacks = (Map<?, ?>) TorchTree.read(file).get("callbacks");
    // Every parameter: the filter bank's two, encoder and decoder, discriminators.
    assertThat((Map<?, ?>) callbacks.get("EMA")).hasSize(226);

    TrainedModel model = TrainedModel.readAverage(file);
    assertThat(model.weights().get("decoder.net.0.weight_g"))
        .isEqualTo(average.get("decoder.net.0.weight_g"));
    assertThat(model.notes()).anyMatch(note -> note.contains("the model's own"));
    Path without = written(plain);
    assertThat(OfficialImport.read(without).checkpoint().recipe()).containsEntry("ema", "none");
    assertThatThrownBy(() -> TrainedModel.readAverage(without))
        .hasMessageContaining("no moving average");
  }

  @Test
  void whatDoesNotFitIsNamed() {
    refused(
        tree -> state(tree).remove("discriminator.discriminators.1.layers.0.net.8.weight"),
        "net.8.weight is missing");
    refused(
        tree ->
            state(tree)
                .put("discriminator.discriminators.0.layers.0.net.2.bias", TensorData.zeros(3)),
        "net.2.bias is FLOAT32[3] where this program has FLOAT32[8]");
    refused(
        tree -> state(tree).put("discriminator.more", TensorData.zeros(3)), "discriminator.more");
    refused(tree -> tree.put("optimizer_states", List.of()), "0 optimisers");
    refused(tree -> tree.put("optimizer_states", List.of(1L, 2L)), "optimizer_states.0");
    refused(
        tree -> tree.remove("pytorch-lightning_version"), "no checkpoint of the official trainer");
    refused(
        tree ->
            tree.put(
                "optimizer_states",
                List.of(
                    Map.of(
                        "state",
                        Map.of(
                            0L,
                            Map.of(
                                "step", 1L,
                                "exp_avg", TensorData.zeros(2),
                                "exp_avg_sq", TensorData.zeros(2)))),
                    Map.of("state", Map.of()))),
        "optimizer_states.0.state.0.exp_avg is FLOAT32[2]");
    refused(
        tree ->
            tree.put(
                "optimizer_states",
                List.of(Map.of("state", Map.of(112L, Map.of())), Map.of("state", Map.of()))),
        "parameter 112 where the model has 112");
    Path own = folder.resolve("own.ckpt");
    OfficialCheckpointWriter.write(own, OfficialFixture.checkpoint(OfficialFixture.shrunken("v2")));
    assertThatThrownBy(() -> OfficialImport.read(own))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessageContaining("none of v1");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, TensorData> state(Map<String, Object> tree) {
    return (Map<String, TensorData>) tree.get("state_dict");
  }

  private void refused(java.util.function.Consumer<Map<String, Object>> change, String named) {
    Map<String, Object> tree =
        new LinkedHashMap<>(OfficialCheckpointWriter.tree(OfficialFixture.checkpoint(TINY)));
    tree.put(
        "state_dict", new LinkedHashMap<>(((TorchTree.Ordered) tree.get("state_dict")).entries()));
    change.accept(tree);
    Path file = folder.resolve("changed.ckpt");
    TorchTree.write(file, tree);
    assertThatThrownBy(() -> OfficialImport.read(file))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.UNREADABLE))
        .hasMessageContaining(named);
  }
}
