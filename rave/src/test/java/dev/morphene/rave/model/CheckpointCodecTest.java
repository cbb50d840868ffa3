package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Map;
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

  private static double largestDifference(float[] got, float[] wanted) {
    assertThat(got).hasSameSizeAs(wanted);
    double largest = 0;
    for (int i = 0; i < got.length; i++) {
      largest = Math.max(largest, Math.abs(got[i] - wanted[i]));
    }
    return largest;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "v1", "v2", "v2+causal", "v3"})
  void partsJoinWithoutASeam(String preset) {
    // v1's noise, which parts would draw differently, is not on yet.
    ModelWeights weights =
        LivelyWeights.of(SmallConfigs.narrow(preset, 6), 2)
            .with(Map.of("decoder.warmed_up", TensorData.scalar(0L)));
    float[] samples = noise(80 * 2048 + 100);
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        CheckpointCodec whole = new CheckpointCodec(runtime, weights);
        CheckpointCodec parts = new CheckpointCodec(runtime, weights, 12 * 2048)) {
      float[][] expected = whole.encode(samples);
      float[][] latents = parts.encode(samples);
      assertThat(latents).hasDimensions(whole.latentSize(), expected[0].length);
      // Amplified, the decoder has something to do.
      for (int i = 0; i < latents.length; i++) {
        assertThat(largestDifference(latents[i], expected[i])).isLessThan(1e-5);
        for (int frame = 0; frame < latents[i].length; frame++) {
          latents[i][frame] = expected[i][frame] * 100;
        }
      }
      float[] audio = whole.decode(latents);
      assertThat(largestDifference(audio, new float[audio.length])).isGreaterThan(0.1);
      assertThat(largestDifference(parts.decode(latents), audio)).isLessThan(1e-5);
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
