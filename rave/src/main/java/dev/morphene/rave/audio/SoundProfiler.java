package dev.morphene.rave.audio;

import dev.morphene.rave.checkpoint.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.OptionalDouble;

/** Takes a recording block by block and measures it. For one thread. */
final class SoundProfiler implements SampleSink, AutoCloseable {
  /** 16-bit files reach 0.99997 at most. */
  private static final float FULL_SCALE = 0.9999f;

  /** One or two samples at full scale are a peak; three are a flat top. */
  private static final int CLIPPED_SAMPLES = 3;

  private final SampleFormat format;
  private final LoudnessMeter meter;
  private final MessageDigest digest = Sha256.newDigest();
  private final SampleBuffer windowPeaks = new SampleBuffer();
  private final int windowSamples;
  private final int[] fullScaleRun;
  private float windowPeak;
  private int windowFill;
  private float peak;
  private long samples;
  private int clippedRuns;
  private OptionalDouble firstClipSeconds = OptionalDouble.empty();
  private boolean allNumbers = true;

  SoundProfiler(SampleFormat format) {
    this.format = format;
    this.meter = new LoudnessMeter(format);
    this.windowSamples = format.samplingRateHz() / 100;
    this.fullScaleRun = new int[format.channels()];
    digest.update(
        ByteBuffer.allocate(2 * Integer.BYTES)
            .putInt(format.samplingRateHz())
            .putInt(format.channels())
            .flip());
  }

  @Override
  public void accept(float[][] channels) throws IOException {
    int count = channels[0].length;
    // Interleaved, so that the digest does not depend on how the decoder cuts its blocks.
    ByteBuffer bytes =
        ByteBuffer.allocate(count * channels.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int index = 0; index < count; index++) {
      for (int channel = 0; channel < channels.length; channel++) {
        float sample = channels[channel][index];
        allNumbers &= Float.isFinite(sample);
        bytes.putFloat(sample);
        windowPeak = Math.max(windowPeak, Math.abs(sample));
        followClipping(channel, sample);
      }
      samples++;
      if (++windowFill == windowSamples) {
        closeWindow();
      }
    }
    digest.update(bytes.flip());
    if (allNumbers) {
      meter.accept(channels);
    }
  }

  /** Counts a run once, when it becomes one; its sign tells a flat top from a fast wave. */
  private void followClipping(int channel, float sample) {
    int before = fullScaleRun[channel];
    if (sample >= FULL_SCALE) {
      fullScaleRun[channel] = Math.max(0, before) + 1;
    } else if (sample <= -FULL_SCALE) {
      fullScaleRun[channel] = Math.min(0, before) - 1;
    } else {
      fullScaleRun[channel] = 0;
    }
    if (Math.abs(fullScaleRun[channel]) == CLIPPED_SAMPLES) {
      clippedRuns++;
      if (firstClipSeconds.isEmpty()) {
        firstClipSeconds = OptionalDouble.of((double) samples / format.samplingRateHz());
      }
    }
  }

  private void closeWindow() {
    windowPeaks.append(new float[] {windowPeak});
    peak = Math.max(peak, windowPeak);
    windowPeak = 0;
    windowFill = 0;
  }

  SoundProfile finish(AudioHeader header, double seconds)
      throws UnusableAudioException, IOException {
    if (!allNumbers) {
      throw new UnusableAudioException("holds samples that are no numbers");
    }
    if (windowFill > 0) {
      closeWindow();
    }
    long kept =
        SilenceTrimmer.spans(windowPeaks.toArray(), windowSamples, samples).stream()
            .mapToLong(SoundSpan::samples)
            .sum();
    return new SoundProfile(
        header,
        seconds,
        meter.finish(),
        20 * Math.log10(peak),
        clippedRuns,
        firstClipSeconds,
        samples == 0 ? 1 : 1 - (double) kept / samples,
        Sha256.hex(digest));
  }

  @Override
  public void close() {
    meter.close();
  }
}
