package dev.morphene.rave.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.OfficialCheckpointWriter;
import dev.morphene.rave.checkpoint.OfficialFixture;
import dev.morphene.rave.model.CheckpointCodec;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.torch.TorchRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit hears the same model in an official checkpoint as in ours. */
class OfficialCodecTest {
  @TempDir Path folder;

  @Test
  void anOfficialCheckpointIsHeardAsOurs() throws Exception {
    RaveConfig config = OfficialFixture.shrunken("v1").withChannels(2);
    Checkpoint checkpoint = OfficialFixture.checkpoint(config);
    Path file = folder.resolve("best.ckpt");
    OfficialCheckpointWriter.write(file, checkpoint);
    Files.writeString(folder.resolve("config.gin"), "SAMPLING_RATE = 48000\n");
    float[] audio = new float[4 * config.compressionRatio()];
    for (int i = 0; i < audio.length; i++) {
      audio[i] = (float) Math.sin(0.05 * i);
    }
    float[][] theirs =
        CodecLoader.libtorch()
            .use(
                file,
                false,
                1,
                codec -> {
                  assertThat(codec.samplingRateHz()).isEqualTo(48_000);
                  return codec.encode(audio);
                });
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 1);
        CheckpointCodec codec =
            new CheckpointCodec(runtime, ModelWeights.of(config, checkpoint.weights()))) {
      assertThat(theirs).isDeepEqualTo(codec.encode(audio));
    }
  }
}
