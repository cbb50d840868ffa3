package dev.morphene.rave.training;

import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.TrainingFeatures;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What happens to a chunk on its way into a batch, in the official trainer's order: random pitch, a
 * random crop, mostly an all-pass filter that turns phases and leaves the spectrum, noise of one
 * quantisation step, peak normalisation, derivative, augmentations. Safe for any thread.
 */
final class ItemTransform {
  private static final double ALL_PASS_PROBABILITY = 0.8;
  private static final double POLE_RADIUS = 0.99;
  private static final double LOWEST_HZ = 20;
  private static final double HIGHEST_HZ = 2_000;
  private static final double QUANTISATION_STEP = 1.0 / (1 << 16);

  /** 30 dB: silence must not become noise at full scale. */
  private static final double MOST_GAIN = Math.pow(10, 30 / 20.0);

  private final int channels;
  private final int samplingRateHz;
  private final int chunkSamples;
  private final int signalSamples;
  private final TrainingFeatures features;
  private final Optional<RandomPitch> pitch;
  private final Augmenter augmenter;

  /**
   * @throws JobFailure BAD_INPUT for a pitch range that these items cannot have
   */
  ItemTransform(AudioItems items, int signalSamples, TrainingFeatures features) {
    this.channels = items.channels();
    this.samplingRateHz = items.samplingRateHz();
    this.chunkSamples = items.chunkSamples();
    this.signalSamples = signalSamples;
    this.features = features;
    this.pitch =
        features.randomPitch().map(range -> new RandomPitch(range, chunkSamples, signalSamples));
    this.augmenter = new Augmenter(features.augmentations(), samplingRateHz);
  }

  /**
   * Writes the transformed chunk to {@code target} from {@code offset} on, channel after channel.
   *
   * @param chunk channel after channel
   * @param random one per item and step
   */
  void apply(float[] chunk, SplittableRandom random, float[] target, int offset) {
    Optional<PolyphaseResampler> resampler = pitch.flatMap(drawn -> drawn.draw(random));
    int available = resampler.map(found -> found.outputSamples(chunkSamples)).orElse(chunkSamples);
    int start = random.nextInt(available - signalSamples + 1);
    boolean filtered = random.nextDouble() < ALL_PASS_PROBABILITY;
    double frequencyHz = LOWEST_HZ * Math.pow(HIGHEST_HZ / LOWEST_HZ, random.nextDouble());
    for (int channel = 0; channel < channels; channel++) {
      int to = offset + channel * signalSamples;
      if (resampler.isPresent()) {
        // Only what the crop keeps is ever computed.
        resampler
            .get()
            .resample(
                chunk, channel * chunkSamples, chunkSamples, start, signalSamples, target, to);
      } else {
        System.arraycopy(chunk, channel * chunkSamples + start, target, to, signalSamples);
      }
      if (filtered) {
        allPass(target, to, frequencyHz);
      }
      for (int i = to; i < to + signalSamples; i++) {
        target[i] += (float) (random.nextDouble() * QUANTISATION_STEP);
      }
    }
    if (features.normalize()) {
      normalize(target, offset);
    }
    if (features.derivative()) {
      for (int channel = 0; channel < channels; channel++) {
        differentiate(target, offset + channel * signalSamples);
      }
    }
    augmenter.apply(target, offset, channels, signalSamples, random);
  }

  /** Second-order all-pass with a pole pair at the given frequency; starts from silence. */
  private void allPass(float[] samples, int from, double frequencyHz) {
    double a1 = -2 * POLE_RADIUS * Math.cos(2 * Math.PI * frequencyHz / samplingRateHz);
    double a2 = POLE_RADIUS * POLE_RADIUS;
    double x1 = 0;
    double x2 = 0;
    double y1 = 0;
    double y2 = 0;
    for (int i = from; i < from + signalSamples; i++) {
      double x0 = samples[i];
      double y0 = a2 * x0 + a1 * x1 + x2 - a1 * y1 - a2 * y2;
      x2 = x1;
      x1 = x0;
      y2 = y1;
      y1 = y0;
      samples[i] = (float) y0;
    }
  }

  /** All channels alike, so that their balance stays. */
  private void normalize(float[] samples, int from) {
    int end = from + channels * signalSamples;
    double peak = 0;
    for (int i = from; i < end; i++) {
      peak = Math.max(peak, Math.abs(samples[i]));
    }
    float gain = (float) Math.min(1 / peak, MOST_GAIN);
    for (int i = from; i < end; i++) {
      samples[i] *= gain;
    }
  }

  /** Half the difference to the sample before; before the first there is silence. */
  private void differentiate(float[] samples, int from) {
    float before = 0;
    for (int i = from; i < from + signalSamples; i++) {
      float now = samples[i];
      samples[i] = (now - before) / 2;
      before = now;
    }
  }
}
