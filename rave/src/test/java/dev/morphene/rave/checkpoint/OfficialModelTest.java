package dev.morphene.rave.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints as the official trainer lays them out, in runs of ours and in foreign ones. */
class OfficialModelTest {
  private static final RaveConfig TINY = RaveConfig.preset("tiny", 48_000);

  @TempDir Path folder;

  private Path run() {
    return folder.resolve("pyroviolin_0123456789");
  }

  private Path write(OfficialTree tree) throws IOException {
    return tree.write(run(), "version_0", "best.ckpt");
  }

  private void gin(String text) throws IOException {
    Files.createDirectories(run());
    Files.writeString(run().resolve("config.gin"), text);
  }

  private void note(String config) throws IOException {
    Map<String, String> recipe =
        Map.of(
            "config", config,
            "name", "glass",
            "channels", "1",
            "samplingRateHz", "48000",
            "phaseOneSteps", "2500");
    new RunNote(recipe, ValidationRecord.none()).write(folder);
  }

  @Test
  void aRunOfOursSaysWhatItsModelIs() throws IOException {
    OfficialTree tree = new OfficialTree(TINY, 3_000);
    Path file = write(tree);
    note("tiny");
    TrainedModel model = TrainedModel.read(file);
    assertThat(model.name()).isEqualTo("glass");
    assertThat(model.step()).isEqualTo(3_000);
    assertThat(model.phase()).isEqualTo(2);
    assertThat(model.config()).isEqualTo(TINY.withPhaseOneSteps(2_500));
    assertThat(model.weights().keySet()).noneMatch(key -> key.startsWith("discriminator."));
    assertThat(ModelWeights.of(model.config(), model.weights()).tensors())
        .isEqualTo(tree.weights.tensors());
    assertThat(model.notes()).isEmpty();
  }

  @Test
  void aForeignRunIsToldByItsTensorsAndItsConfig() throws IOException {
    Path file = write(new OfficialTree(TINY, 3_000));
    gin(
        """
        SAMPLING_RATE = 48000
        CAPACITY = 16
        RATIOS = [4, 2, 2, 2]
        DILATIONS = [[1, 3, 9], [1, 3, 9], [1, 3, 9], [1, 3]]
        PHASE_1_DURATION = 5000
        cc.get_padding.mode = 'causal'
        some.Thing.setting = 3
        """);
    TrainedModel model = TrainedModel.read(file);
    assertThat(model.name()).isEqualTo("pyroviolin");
    assertThat(model.phase()).isEqualTo(1);
    assertThat(model.config())
        .isEqualTo(RaveConfig.preset("tiny+causal", 48_000).withPhaseOneSteps(5_000));
    assertThat(model.recipe()).containsEntry("config", "tiny+causal");
    assertThat(model.notes()).singleElement().asString().contains("some.Thing.setting");
  }

  @Test
  void withoutItsConfigTheUsualIsAssumedAndSaid() throws IOException {
    Path file = Files.move(write(new OfficialTree(TINY, 3_000)), folder.resolve("alone.ckpt"));
    TrainedModel model = TrainedModel.read(file);
    assertThat(model.config().name()).isEqualTo("tiny");
    assertThat(model.config().samplingRateHz()).isEqualTo(44_100);
    assertThat(model.name()).isEqualTo("alone");
    assertThat(model.notes()).hasSize(2).first().asString().contains("44100 Hz");
  }

  @Test
  void architecturesOfNoPresetAreReadAsWell() throws IOException {
    RaveConfig own =
        TINY.toDraft()
            .name("own")
            .samplingRateHz(32_000)
            .channels(2)
            .capacity(4)
            .ratios(List.of(2, 4))
            .dilations(List.of(List.of(1, 3), List.of(1)))
            .latentSize(6)
            .kernelSize(5)
            .training(RaveConfig.preset("v2", 32_000).training())
            .build();
    Path file = write(new OfficialTree(own, 3_000));
    gin("SAMPLING_RATE = 32000\nDILATIONS = [[1, 3], [1]]");
    assertThat(TrainedModel.read(file).config()).isEqualTo(own);
    for (String disagreeing :
        List.of(
            "CAPACITY = 8",
            "LATENT_SIZE = 16",
            "RATIOS = [4, 2]",
            "KERNEL_SIZE = 3",
            "model.RAVE.n_channels = 1")) {
      gin("SAMPLING_RATE = 32000\nDILATIONS = [[1, 3], [1]]\n" + disagreeing);
      assertThatThrownBy(() -> TrainedModel.read(file))
          .isInstanceOf(JobFailure.class)
          .hasMessageContaining(
              disagreeing.replaceAll(".*\\.| =.*", "") + " " + disagreeing.replaceAll(".*= ", ""));
    }
    gin("SAMPLING_RATE = 32000\nDILATIONS = [[1, 3], [1, 3]]");
    assertThatThrownBy(() -> TrainedModel.read(file)).hasMessageContaining("DILATIONS");
  }

  @Test
  void theFirstTensorThatDoesNotFitIsNamedWithBothShapes() throws IOException {
    OfficialTree tree = new OfficialTree(TINY, 3_000);
    // Before amplitude modulation the last layer had half as many outputs.
    String last = "decoder.net.21.weight_g";
    tree.state.put(last, TensorData.zeros(16, 1, 1));
    Path file = write(tree);
    assertThatThrownBy(() -> TrainedModel.read(file))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining(last + " is FLOAT32[16, 1, 1]")
        .hasMessageContaining("FLOAT32[32, 1, 1]");
    tree.state.remove(last);
    write(tree);
    assertThatThrownBy(() -> TrainedModel.read(file))
        .hasMessageContaining("lacks the tensor " + last);
  }

  @Test
  void tensorsOfAnotherModelAreRefusedByName() throws IOException {
    for (String stranger :
        List.of("encoder.other.weight", "decoder.net.0.bias", "spectrogram.mel_scale.fb")) {
      OfficialTree tree = new OfficialTree(TINY, 3_000);
      tree.state.put(stranger, TensorData.zeros(2));
      Path file = write(tree);
      assertThatThrownBy(() -> TrainedModel.read(file))
          .isInstanceOf(JobFailure.class)
          .hasMessageContaining(stranger);
    }
    OfficialTree tree = new OfficialTree(TINY, 3_000);
    tree.state.put("pqmf.hk", TensorData.zeros(16, 512));
    Path other = write(tree);
    assertThatThrownBy(() -> TrainedModel.read(other)).hasMessageContaining("pqmf.hk");
    OfficialTree streamed = new OfficialTree(TINY, 3_000);
    streamed.state.put("encoder.encoder.net.0.cache.pad", TensorData.zeros(64, 16, 6));
    assertThat(TrainedModel.read(write(streamed)).config().name()).isEqualTo("tiny");
  }

  @Test
  void aNoteThatTellsNothingIsSaid() throws IOException {
    Path file = write(new OfficialTree(TINY, 3_000));
    note("v9");
    assertThatThrownBy(() -> TrainedModel.read(file))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("config v9");
    Files.writeString(folder.resolve("run.json"), "half");
    assertThatThrownBy(() -> TrainedModel.read(file))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void checkpointsOfAFolderAreFoundByTheirSteps() throws IOException {
    new OfficialTree(TINY, 300).write(run(), "version_1", "epoch_100.ckpt");
    new OfficialTree(TINY, 200).write(run(), "version_0", "best.ckpt");
    new OfficialTree(TINY, 300).write(run(), "version_1", "epoch-epoch=0006.ckpt");
    Files.writeString(run().resolve("version_0/checkpoints/broken.ckpt"), "no zip");
    List<String> warnings = new java.util.ArrayList<>();
    assertThat(OfficialFiles.checkpoints(run(), warnings::add))
        .extracting(file -> file.step() + " " + file.path().getFileName())
        .containsExactly("200 best.ckpt", "300 epoch-epoch=0006.ckpt", "300 epoch_100.ckpt");
    assertThat(warnings).singleElement().asString().contains("broken.ckpt");
  }
}
