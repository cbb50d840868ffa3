package dev.morphene.rave.audio;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Brings a sound to a loudness without letting a true peak over the ceiling: gain, then FFmpeg's
 * look-ahead limiter at four times the sampling rate where a peak would exceed it. What the limiter
 * takes away is given back by more gain, up to {@value #MAX_LIMITING_DECIBELS} dB of limiting:
 * beyond that a sound is kept quieter than asked rather than crushed.
 */
public final class LoudnessNormalizer {
  /** Closer than this to the target is reached. */
  static final double TOLERANCE_LU = 0.3;

  static final double MAX_LIMITING_DECIBELS = 20;
  private static final int MAX_PASSES = 6;
  private static final int OVERSAMPLING = 4;

  /** A sound that can be read more than once. */
  @FunctionalInterface
  public interface Source {
    /** Gives the whole sound to {@code sink}. */
    void read(SampleSink sink) throws IOException;
  }

  /** Takes the result; a new one is asked for in each pass, the last one's content counts. */
  @FunctionalInterface
  public interface Target {
    SampleSink startPass() throws IOException;
  }

  private LoudnessNormalizer() {}

  /**
   * Normalises {@code source} into {@code target}.
   *
   * @param before of the source; must be audible
   * @return loudness and true peak of what the last pass gave to {@code target}
   */
  public static Loudness normalize(
      SampleFormat format, Loudness before, LoudnessTarget wanted, Source source, Target target)
      throws IOException {
    double limit = wanted.truePeakDecibels();
    // What the limiter may take from the highest peak bounds the gain.
    double maxGain = limit + MAX_LIMITING_DECIBELS - before.truePeakDecibels();
    double gain = Math.min(maxGain, wanted.integratedLufs() - before.integratedLufs());
    // A gain alone that stays under the ceiling needs no limiter, nor a second pass.
    boolean limiting = before.truePeakDecibels() + gain > limit;
    // The limiter bounds samples at the higher rate; coming back down adds a little.
    double limiterDecibels = limit - 0.1;
    for (int pass = 1; ; pass++) {
      Loudness after =
          render(format, chain(format, gain, limiting, limiterDecibels), source, target);
      double missing = wanted.integratedLufs() - after.integratedLufs();
      double over = after.truePeakDecibels() - limit;
      boolean loudEnough =
          Math.abs(missing) <= TOLERANCE_LU || gain + missing > maxGain && gain == maxGain;
      if (over <= 0 && (loudEnough || !limiting || pass >= MAX_PASSES)) {
        return after;
      }
      if (pass >= 2 * MAX_PASSES) {
        throw new IOException(
            "The limiter does not hold its ceiling; please report the recording.");
      }
      if (over > 0) {
        limiting = true;
        limiterDecibels -= over + 0.05;
      }
      if (!loudEnough) {
        gain = Math.min(maxGain, gain + missing);
      }
    }
  }

  private static String chain(
      SampleFormat format, double gain, boolean limiting, double limiterDecibels) {
    String volume = String.format(Locale.ROOT, "volume=%.6fdB:precision=float", gain);
    if (!limiting) {
      return volume;
    }
    return String.format(
        Locale.ROOT,
        "%s,aresample=%d,alimiter=limit=%.6f:attack=5:release=50:level=false:latency=true,aresample=%d",
        volume,
        OVERSAMPLING * format.samplingRateHz(),
        Math.pow(10, limiterDecibels / 20),
        format.samplingRateHz());
  }

  private static Loudness render(SampleFormat format, String filters, Source source, Target target)
      throws IOException {
    SampleSink output = target.startPass();
    try (LoudnessMeter meter = new LoudnessMeter(format);
        FilterChain chain =
            FilterChain.ofSamples(
                format,
                filters,
                format,
                channels -> {
                  meter.accept(channels);
                  output.accept(channels);
                })) {
      source.read(chain::push);
      chain.finish();
      return meter.finish();
    }
  }

  /**
   * Normalises a mono sound in memory.
   *
   * @return as many samples as given; the same array when the sound is not audible
   */
  public static float[] normalize(float[] mono, int samplingRateHz, LoudnessTarget wanted) {
    SampleFormat format = new SampleFormat(samplingRateHz, 1);
    Loudness before = LoudnessMeter.measure(mono, samplingRateHz);
    if (!before.audible()) {
      return mono;
    }
    SampleBuffer[] result = new SampleBuffer[1];
    try {
      normalize(
          format,
          before,
          wanted,
          sink -> sink.accept(new float[][] {mono}),
          () -> {
            result[0] = new SampleBuffer();
            return channels -> result[0].append(channels[0]);
          });
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible.getMessage(), impossible);
    }
    return Arrays.copyOf(result[0].toArray(), mono.length);
  }
}
