package dev.morphene.rave.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A decoded recording in a temporary file of 32-bit floats, so that an hour of sound needs no
 * memory, with its loudest sample in each window of 10 ms beside it. Deleted when closed.
 */
final class SoundScratch implements AutoCloseable {
  static final int BLOCK_SAMPLES = 1 << 15;

  private final Path file;
  private final FileChannel channel;
  private final SampleFormat format;
  private final int windowSamples;
  private final SampleBuffer windowPeaks = new SampleBuffer();
  private float windowPeak;
  private int windowFill;
  private long samples;
  private boolean allNumbers = true;

  private SoundScratch(Path file, FileChannel channel, SampleFormat format) {
    this.file = file;
    this.channel = channel;
    this.format = format;
    this.windowSamples = format.samplingRateHz() / 100;
  }

  static SoundScratch create(Path file, SampleFormat format) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    return new SoundScratch(file, channel, format);
  }

  void append(float[][] channels) throws IOException {
    int count = channels[0].length;
    ByteBuffer bytes =
        ByteBuffer.allocate(count * channels.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int index = 0; index < count; index++) {
      for (float[] planar : channels) {
        float sample = planar[index];
        if (!Float.isFinite(sample)) {
          allNumbers = false;
        }
        windowPeak = Math.max(windowPeak, Math.abs(sample));
        bytes.putFloat(sample);
      }
      if (++windowFill == windowSamples) {
        closeWindow();
      }
    }
    bytes.flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    samples += count;
  }

  private void closeWindow() {
    windowPeaks.append(new float[] {windowPeak});
    windowPeak = 0;
    windowFill = 0;
  }

  /** Loudest sample of each window, the last one shorter; ends the recording. */
  float[] finishWindowPeaks() {
    if (windowFill > 0) {
      closeWindow();
    }
    return windowPeaks.toArray();
  }

  int windowSamples() {
    return windowSamples;
  }

  SampleFormat format() {
    return format;
  }

  /** Samples for each channel. */
  long samples() {
    return samples;
  }

  boolean allNumbers() {
    return allNumbers;
  }

  /** Gives a span of the recording to {@code sink} in blocks. */
  void read(SoundSpan span, SampleSink sink) throws IOException {
    int frameBytes = format.channels() * Float.BYTES;
    for (long start = span.start(); start < span.end(); start += BLOCK_SAMPLES) {
      int count = (int) Math.min(BLOCK_SAMPLES, span.end() - start);
      ByteBuffer bytes = ByteBuffer.allocate(count * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, start * frameBytes + bytes.position()) < 0) {
          throw new IOException("The temporary file " + file + " was cut off");
        }
      }
      bytes.flip();
      float[][] channels = new float[format.channels()][count];
      for (int index = 0; index < count; index++) {
        for (float[] planar : channels) {
          planar[index] = bytes.getFloat();
        }
      }
      sink.accept(channels);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
