package dev.morphene.rave.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.audio.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SoundMeasuresTest {
  private static final int RATE = 48_000;
  private final float[] noise = Samples.noise(0.25, 3, RATE, 1);
  private final float[] tone = Samples.sine(440, 0.4, 3, RATE);

  private static float[] scaled(float[] sound, double gain) {
    float[] scaled = sound.clone();
    for (int index = 0; index < scaled.length; index++) {
      scaled[index] *= (float) gain;
    }
    return scaled;
  }

  private static float[] mixed(float[] first, float[] second, double share) {
    float[] mixed = new float[first.length];
    for (int index = 0; index < mixed.length; index++) {
      mixed[index] = (float) ((1 - share) * first[index] + share * second[index]);
    }
    return mixed;
  }

  @Test
  void aTransformAgreesWithItsDefinition() {
    int size = 64;
    FourierTransform transform = new FourierTransform(size);
    double[][] frames = new double[2][size];
    double[][] powers = new double[2][size / 2 + 1];
    float[] random = Samples.noise(1, 1, 128, 4);
    for (int index = 0; index < size; index++) {
      frames[0][index] = random[index];
      frames[1][index] = random[size + index];
    }
    transform.powers(frames[0], frames[1], powers[0], powers[1]);
    for (int frame = 0; frame < 2; frame++) {
      for (int bin = 0; bin <= size / 2; bin++) {
        double real = 0;
        double imaginary = 0;
        for (int index = 0; index < size; index++) {
          real += frames[frame][index] * Math.cos(2 * Math.PI * bin * index / size);
          imaginary -= frames[frame][index] * Math.sin(2 * Math.PI * bin * index / size);
        }
        assertThat(powers[frame][bin]).isCloseTo(real * real + imaginary * imaginary, within(1e-9));
      }
    }
  }

  @Test
  void aFullScaleSineHasThePowerOne() {
    // Bin 32 of 2048 at 48 kHz.
    double[][] powers = PowerSpectrogram.of(Samples.sine(750, 1, 0.2, RATE), 2048);
    assertThat(powers[1][32]).isCloseTo(1, within(1e-6));
  }

  @Test
  void equalSoundsHaveNoDistance() {
    assertThat(SpectralDistance.multiScale(noise, noise)).isZero();
    assertThat(SpectralDistance.logMelDecibels(noise, noise, RATE)).isZero();
  }

  @Test
  void aLouderSoundHasTheDistanceOfItsGain() {
    float[] louder = scaled(noise, 2);
    assertThat(SpectralDistance.multiScale(louder, noise)).isCloseTo(1 + Math.log(2), within(0.02));
    assertThat(SpectralDistance.logMelDecibels(louder, noise, RATE))
        .isCloseTo(20 * Math.log10(2), within(0.05));
  }

  @Test
  void anotherSoundIsFartherThanALouderOne() {
    assertThat(SpectralDistance.logMelDecibels(tone, noise, RATE)).isGreaterThan(20);
    assertThat(SpectralDistance.multiScale(tone, noise)).isGreaterThan(2);
  }

  @Test
  void healthOfACleanToneIsGood() {
    SoundHealth health = SoundHealth.measure(tone, RATE);
    assertThat(health.notNumbers()).isZero();
    assertThat(health.clippedShare()).isZero();
    assertThat(health.dcOffset()).isCloseTo(0, within(1e-4));
    assertThat(health.silentShare()).isZero();
    assertThat(health.constant()).isFalse();
    assertThat(health.dead()).isFalse();
    // 0.4 of full scale at 440 Hz, where the K-weighting is close to nothing.
    assertThat(health.loudnessLufs()).isCloseTo(-3.01 + 20 * Math.log10(0.4), within(0.8));
  }

  @Test
  void faultsAreFound() {
    float[] clipped = scaled(tone, 5);
    for (int index = 0; index < clipped.length; index++) {
      clipped[index] = Math.max(-1, Math.min(1, clipped[index]));
    }
    assertThat(SoundHealth.measure(clipped, RATE).clippedShare()).isBetween(0.6, 0.7);

    float[] offset = tone.clone();
    for (int index = 0; index < offset.length; index++) {
      offset[index] += 0.1f;
    }
    assertThat(SoundHealth.measure(offset, RATE).dcOffset()).isCloseTo(0.1, within(1e-4));

    float[] broken = tone.clone();
    broken[5] = Float.NaN;
    broken[6] = Float.POSITIVE_INFINITY;
    SoundHealth health = SoundHealth.measure(broken, RATE);
    assertThat(health.notNumbers()).isEqualTo(2);
    assertThat(health.loudnessLufs()).isFinite();

    assertThat(SoundHealth.measure(new float[RATE], RATE).dead()).isTrue();
    float[] stuck = new float[RATE];
    java.util.Arrays.fill(stuck, 0.5f);
    assertThat(SoundHealth.measure(stuck, RATE).constant()).isTrue();

    float[] halfSilent = Samples.join(tone, new float[tone.length]);
    assertThat(SoundHealth.measure(halfSilent, RATE).silentShare()).isCloseTo(0.5, within(0.01));
  }

  /** Noise whose low band fades into a high one, evenly in decibels. */
  private List<float[]> evenPath() {
    float[] low = Samples.sine(200, 0.5, 3, RATE);
    float[] high = Samples.sine(4_000, 0.5, 3, RATE);
    List<float[]> path = new ArrayList<>();
    for (int point = 0; point < 5; point++) {
      double share = point / 4.0;
      float[] sound = new float[low.length];
      for (int index = 0; index < sound.length; index++) {
        sound[index] =
            (float)
                (Math.pow(10, -40 * share / 20) * low[index]
                    + Math.pow(10, -40 * (1 - share) / 20) * high[index]
                    + 0.001 * noise[index]);
      }
      path.add(sound);
    }
    return path;
  }

  @Test
  void aKnownInterpolationIsEvenAndInOrder() {
    MorphPath path = MorphPath.measure(evenPath(), RATE);
    assertThat(path.monotony()).isEqualTo(1);
    assertThat(path.evenness()).isGreaterThan(0.85);
    assertThat(path.straightness()).isGreaterThan(0.9);
    assertThat(path.largestStepShare()).isLessThan(0.4);
    for (int point = 0; point < 5; point++) {
      assertThat(path.positions().get(point)).isCloseTo(point / 4.0, within(0.12));
    }
  }

  @Test
  void aShuffledPathIsNeither() {
    List<float[]> even = evenPath();
    List<float[]> shuffled =
        List.of(even.get(0), even.get(3), even.get(1), even.get(2), even.get(4));
    MorphPath path = MorphPath.measure(shuffled, RATE);
    assertThat(path.monotony()).isLessThan(AuditCriteria.LEAST_MONOTONY);
    assertThat(path.straightness()).isLessThan(0.7);
    assertThat(path.spanDecibels())
        .isCloseTo(MorphPath.measure(even, RATE).spanDecibels(), within(1e-9));
  }

  @Test
  void oneJumpIsNotEven() {
    List<float[]> jump = List.of(tone, tone, noise, noise, noise);
    MorphPath path = MorphPath.measure(jump, RATE);
    assertThat(path.evenness()).isCloseTo(0, within(1e-9));
    assertThat(path.largestStepShare()).isCloseTo(1, within(1e-9));
  }

  @Test
  void nothingThatChangesIsNoPath() {
    MorphPath path = MorphPath.measure(List.of(tone, tone, tone, tone, tone), RATE);
    assertThat(path.spanDecibels()).isZero();
    assertThat(path.evenness()).isZero();
    assertThat(path.monotony()).isZero();
  }

  @Test
  void theDelayOfAWaveFormIsFoundAndOfAnotherOneIsNot() {
    float[] late = Samples.join(new float[1_234], noise);
    assertThat(CodecDelay.samples(noise, late, 3_000, RATE)).isEqualTo(1_234);
    assertThat(CodecDelay.samples(noise, mixed(late, new float[late.length], 0.5), 3_000, RATE))
        .isEqualTo(1_234);
    assertThat(CodecDelay.samples(noise, Samples.noise(0.2, 3, RATE, 77), 3_000, RATE)).isZero();
  }
}
