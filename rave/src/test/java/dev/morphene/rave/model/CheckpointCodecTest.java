package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.torch.TorchRuntime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCodecTest {
  private static float[] noise(int length) {
    Random random = new Random(1);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = random.nextFloat() * 2 - 1;
    }
    return samples;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "v2"})
  void partsJoinWithoutASeam(String preset) {
    ModelWeights weights = ModelWeights.initial(RaveConfig.preset(preset, 44_100), 2);
    float[] samples = noise(40 * 2048 + 100);
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        CheckpointCodec whole = new CheckpointCodec(runtime, weights);
        CheckpointCodec parts = new CheckpointCodec(runtime, weights, 12 * 2048)) {
      float[][] expected = whole.encode(samples);
      float[][] latents = parts.encode(samples);
      assertThat(latents).hasDimensions(whole.latentSize(), expected[0].length);
      // Untrained latents are small; amplified, the decoder has something to do.
      for (int i = 0; i < latents.length; i++) {
        assertThat(latents[i]).containsExactly(expected[i], within(1e-6f));
        for (int frame = 0; frame < latents[i].length; frame++) {
          latents[i][frame] = expected[i][frame] * 100;
        }
      }
      assertThat(parts.decode(latents)).containsExactly(whole.decode(latents), within(1e-6f));
    }
  }

  @Test
  void theLastFrameIsFilledAndNoiseRepeatsItself() {
    ModelWeights weights = ModelWeights.initial(RaveConfig.preset("v2_small", 48_000), 2);
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        CheckpointCodec codec = new CheckpointCodec(runtime, weights)) {
      assertThat(codec.samplingRateHz()).isEqualTo(48_000);
      assertThat(codec.compressionRatio()).isEqualTo(512);
      float[][] latents = codec.encode(noise(5_000));
      assertThat(latents).hasDimensions(128, 10);
      float[] audio = codec.decode(latents);
      assertThat(audio).hasSize(5_120);
      assertThat(codec.decode(latents)).containsExactly(audio);
    }
  }
}
