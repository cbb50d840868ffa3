package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.process.Augmentation;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.PitchRange;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.TrainingFeatures;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ItemTransformTest {
  private static final int CHUNK = 8_192;
  private static final int SIGNAL = 4_096;
  private static final int DRAWS = 400;
  private static final AudioItems ITEMS = new SyntheticItems(2, CHUNK);

  private static TrainingFeatures features(
      Optional<PitchRange> pitch,
      boolean normalize,
      boolean derivative,
      Augmentation... augmentations) {
    return new TrainingFeatures(
        pitch,
        normalize,
        derivative,
        List.of(augmentations),
        OptionalDouble.empty(),
        Precision.FP32,
        List.of());
  }

  private static float[] apply(TrainingFeatures features, float[] chunk, long seed) {
    float[] out = new float[SIGNAL];
    new ItemTransform(ITEMS, SIGNAL, features).apply(chunk, new SplittableRandom(seed), out, 0);
    return out;
  }

  private static float[] plain(float[] chunk, long seed) {
    return apply(TrainingFeatures.none(), chunk, seed);
  }

  private static double rms(float[] samples) {
    double sum = 0;
    for (float sample : samples) {
      sum += sample * sample;
    }
    return Math.sqrt(sum / samples.length);
  }

  private static double peak(float[] samples) {
    double peak = 0;
    for (float sample : samples) {
      peak = Math.max(peak, Math.abs(sample));
    }
    return peak;
  }

  @Test
  void gainIsReallyAppliedEverySecondTime() {
    TrainingFeatures gain = features(Optional.empty(), false, false, Augmentation.GAIN);
    int applied = 0;
    double lowest = 0;
    double highest = 0;
    for (int seed = 0; seed < DRAWS; seed++) {
      double decibels =
          20 * Math.log10(rms(apply(gain, ITEMS.read(0), seed)) / rms(plain(ITEMS.read(0), seed)));
      if (Math.abs(decibels) > 1e-3) {
        applied++;
      }
      lowest = Math.min(lowest, decibels);
      highest = Math.max(highest, decibels);
    }
    assertThat(applied).isBetween(160, 240);
    assertThat(lowest).isBetween(-6.001, -5.0);
    assertThat(highest).isBetween(2.5, 3.001);
  }

  @Test
  void muteMakesSilenceOneTimeInTen() {
    TrainingFeatures mute = features(Optional.empty(), false, false, Augmentation.MUTE);
    int muted = 0;
    for (int seed = 0; seed < DRAWS; seed++) {
      float[] out = apply(mute, ITEMS.read(0), seed);
      if (peak(out) == 0) {
        muted++;
      } else {
        assertThat(out).isEqualTo(plain(ITEMS.read(0), seed));
      }
    }
    assertThat(muted).isBetween(20, 60);
  }

  @Test
  void compressActsEightTimesInTenAndStaysWithinFullScale() {
    TrainingFeatures compress = features(Optional.empty(), false, false, Augmentation.COMPRESS);
    int compressed = 0;
    for (int seed = 0; seed < DRAWS; seed++) {
      float[] out = apply(compress, ITEMS.read(0), seed);
      assertThat(peak(out)).isLessThanOrEqualTo(1);
      if (!Arrays.equals(out, plain(ITEMS.read(0), seed))) {
        compressed++;
      }
    }
    assertThat(compressed).isBetween(290, 350);
  }

  @Test
  void normalisationBringsThePeakToFullScaleByThirtyDecibelsAtMost() {
    TrainingFeatures normalize = features(Optional.empty(), true, false);
    assertThat(peak(apply(normalize, ITEMS.read(0), 1))).isCloseTo(1, within(1e-6));
    float[] faint = ITEMS.read(0);
    for (int i = 0; i < faint.length; i++) {
      faint[i] *= 1e-3f;
    }
    double gain = peak(apply(normalize, faint, 1)) / peak(plain(faint, 1));
    assertThat(20 * Math.log10(gain)).isCloseTo(30, within(1e-3));
  }

  @Test
  void theDerivativeIsHalfTheDifference() {
    float[] before = plain(ITEMS.read(0), 3);
    float[] after = apply(features(Optional.empty(), false, true), ITEMS.read(0), 3);
    assertThat(after[0]).isEqualTo(before[0] / 2);
    for (int i = 1; i < SIGNAL; i++) {
      assertThat(after[i]).isEqualTo((before[i] - before[i - 1]) / 2);
    }
  }

  @Test
  void randomPitchStretchesEverySecondItemWithinItsRange() {
    TrainingFeatures pitch = features(Optional.of(new PitchRange(0.7, 1.3)), false, false);
    float[] tone = new float[CHUNK];
    double cycles = 0.02;
    for (int i = 0; i < CHUNK; i++) {
      tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * cycles * i));
    }
    int pitched = 0;
    for (int seed = 0; seed < DRAWS; seed++) {
      float[] out = apply(pitch, tone, seed);
      int rising = 0;
      // An all-pass rings in; after that the tone is whole.
      for (int i = SIGNAL / 4; i < SIGNAL; i++) {
        rising += out[i - 1] < 0 && out[i] >= 0 ? 1 : 0;
      }
      double stretch = cycles * (SIGNAL * 3 / 4) / rising;
      assertThat(stretch).isBetween(0.68, 1.33);
      if (Math.abs(stretch - 1) > 0.03) {
        pitched++;
      }
    }
    assertThat(pitched).isBetween(140, 220);
  }

  @Test
  void aPitchRangeThatTheChunksCannotHaveIsRefused() {
    assertThatThrownBy(
            () ->
                new ItemTransform(
                    ITEMS, SIGNAL, features(Optional.of(new PitchRange(0.3, 1)), false, false)))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("narrower pitch range");
    assertThatThrownBy(
            () ->
                new ItemTransform(
                    ITEMS,
                    SIGNAL,
                    features(Optional.of(new PitchRange(1.001, 1.002)), false, false)))
        .hasMessageContaining("no ratio");
  }

  @Test
  void everythingTogetherDependsOnTheSeedAlone() {
    TrainingFeatures all =
        features(Optional.of(new PitchRange(0.8, 1.2)), true, true, Augmentation.values());
    float[] one = apply(all, ITEMS.read(1), 11);
    assertThat(apply(all, ITEMS.read(1), 11)).isEqualTo(one);
    assertThat(apply(all, ITEMS.read(1), 12)).isNotEqualTo(one);
  }
}
