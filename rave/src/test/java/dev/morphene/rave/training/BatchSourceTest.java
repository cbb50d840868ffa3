package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.TrainingFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BatchSourceTest {
  private static final int CHUNK = 4_096;
  private static final int SIGNAL = 1_024;

  /** Each chunk is a constant that tells its number. */
  private record Constants(int size, int channels) implements AudioItems {
    @Override
    public int samplingRateHz() {
      return 48_000;
    }

    @Override
    public int chunkSamples() {
      return CHUNK;
    }

    @Override
    public float[] read(int index) {
      float[] samples = new float[channels * CHUNK];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = index / 1000f;
      }
      return samples;
    }
  }

  @Test
  void aBatchDependsOnSeedAndStepAlone() {
    AudioItems items = new SyntheticItems(12, CHUNK);
    BatchSource one = new BatchSource(items, 3, SIGNAL, 1);
    BatchSource other = new BatchSource(items, 3, SIGNAL, 1);
    List<TensorData> forward = new ArrayList<>();
    for (long step = 0; step < 10; step++) {
      forward.add(one.training(step));
    }
    for (int step = 9; step >= 0; step--) {
      assertThat(other.training(step)).isEqualTo(forward.get(step));
    }
    assertThat(new BatchSource(items, 3, SIGNAL, 2).training(0)).isNotEqualTo(forward.get(0));
    assertThat(forward.get(0).shape()).containsExactly(3, 1, SIGNAL);
    assertThat(forward.get(0)).isNotEqualTo(forward.get(3));
  }

  @Test
  void anEpochHasEveryItemOnceInANewOrder() {
    BatchSource source = new BatchSource(new Constants(13, 1), 4, SIGNAL, 9);
    assertThat(source.batchesPerEpoch()).isEqualTo(3);
    List<Integer> first = itemsOfEpoch(source, 0);
    List<Integer> second = itemsOfEpoch(source, 1);
    assertThat(first).hasSize(12).doesNotHaveDuplicates();
    assertThat(second).hasSize(12).doesNotHaveDuplicates().isNotEqualTo(first);
    int[] held = DatasetSplit.of(13).validation();
    assertThat(first).doesNotContain(held[0]);
  }

  private static List<Integer> itemsOfEpoch(BatchSource source, int epoch) {
    List<Integer> found = new ArrayList<>();
    for (int step = 3 * epoch; step < 3 * epoch + 3; step++) {
      float[] samples = source.training(step).floats();
      for (int item = 0; item < 4; item++) {
        // The end of a crop: an all-pass filter has settled to the constant by then.
        found.add(Math.round(samples[(item + 1) * SIGNAL - 1] * 1000));
      }
    }
    return found;
  }

  @Test
  void theAllPassKeepsTheEnergyAndDequantisationIsBelowOneStep() {
    float[] click = new float[8_192];
    click[0] = 1;
    int filtered = 0;
    for (int seed = 0; seed < 200; seed++) {
      float[] out = new float[click.length];
      new ItemTransform(
              new NoiseItems(1, 1, 48_000, click.length), click.length, TrainingFeatures.none())
          .apply(click, new SplittableRandom(seed), out, 0);
      double energy = 0;
      for (float sample : out) {
        energy += sample * sample;
      }
      assertThat(energy).isBetween(0.998, 1.003);
      if (out[0] < 0.999f) {
        filtered++;
      } else {
        assertThat(out[100]).isBetween(0f, 1f / (1 << 16));
      }
    }
    assertThat(filtered).isBetween(140, 180);
  }

  @Test
  void bothChannelsAreCroppedAlike() {
    AudioItems ramps =
        new AudioItems() {
          @Override
          public int size() {
            return 4;
          }

          @Override
          public int channels() {
            return 2;
          }

          @Override
          public int samplingRateHz() {
            return 48_000;
          }

          @Override
          public int chunkSamples() {
            return CHUNK;
          }

          @Override
          public float[] read(int index) {
            float[] samples = new float[2 * CHUNK];
            for (int i = 0; i < CHUNK; i++) {
              samples[i] = i / (float) CHUNK;
              samples[CHUNK + i] = -i / (float) CHUNK;
            }
            return samples;
          }
        };
    TensorData batch = new BatchSource(ramps, 3, SIGNAL, 4).training(0);
    assertThat(batch.shape()).containsExactly(3, 2, SIGNAL);
    float[] samples = batch.floats();
    for (int item = 0; item < 3; item++) {
      float left = samples[2 * item * SIGNAL + SIGNAL - 1];
      float right = samples[(2 * item + 1) * SIGNAL + SIGNAL - 1];
      assertThat(left + right).isBetween(0f, 1e-4f);
    }
  }

  @Test
  void whatCannotFillABatchIsRefusedWithTheNumberToUse() {
    assertThatThrownBy(() -> new BatchSource(new Constants(5, 1), 8, SIGNAL, 1))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("at most 4")
        .extracting(failure -> ((JobFailure) failure).failureClass())
        .isEqualTo(FailureClass.BAD_INPUT);
    assertThatThrownBy(() -> new BatchSource(new Constants(1, 1), 1, SIGNAL, 1))
        .hasMessageContaining("at least 2");
    assertThatThrownBy(() -> new BatchSource(new Constants(9, 1), 2, 2 * CHUNK, 1))
        .hasMessageContaining("at most 4096");
  }
}
