package dev.morphene.rave.audio;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads PCM WAV files of 16 or 24 bits piece by piece: those that {@link WavWriter} makes. For one
 * thread.
 */
public final class WavReader implements AutoCloseable {
  private final FileChannel channel;
  private final SampleFormat format;
  private final int bytesPerSample;
  private final long samples;
  private final long dataOffset;
  private long position;

  private WavReader(
      FileChannel channel, SampleFormat format, int bytesPerSample, long samples, long dataOffset) {
    this.channel = channel;
    this.format = format;
    this.bytesPerSample = bytesPerSample;
    this.samples = samples;
    this.dataOffset = dataOffset;
  }

  /**
   * @throws IOException if the file is no PCM WAV of 16 or 24 bits and 1 or 2 channels, or is
   *     shorter than its header says
   */
  public static WavReader open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return open(file, channel);
    } catch (IOException | RuntimeException failed) {
      channel.close();
      throw failed;
    }
  }

  private static WavReader open(Path file, FileChannel channel) throws IOException {
    ByteBuffer riff = read(channel, 0, 12);
    if (!tag(riff, 0).equals("RIFF") || !tag(riff, 8).equals("WAVE")) {
      throw new IOException(file + " is no WAV file");
    }
    SampleFormat format = null;
    int bits = 0;
    long offset = 12;
    while (true) {
      ByteBuffer chunk = read(channel, offset, 8);
      long chunkBytes = chunk.getInt(4) & 0xffffffffL;
      offset += 8;
      if (tag(chunk, 0).equals("fmt ")) {
        ByteBuffer fields = read(channel, offset, 16);
        bits = fields.getShort(14);
        if (fields.getShort(0) != 1 || (bits != 16 && bits != 24)) {
          throw new IOException(file + " is no WAV file of 16 or 24 bit integers");
        }
        try {
          format = new SampleFormat(fields.getInt(4), fields.getShort(2));
        } catch (IllegalArgumentException unusual) {
          throw new IOException(file + ": " + unusual.getMessage(), unusual);
        }
      } else if (tag(chunk, 0).equals("data")) {
        if (format == null || channel.size() < offset + chunkBytes) {
          throw new IOException(file + " is cut off or lacks its format");
        }
        long samples = chunkBytes / (bits / 8 * format.channels());
        return new WavReader(channel, format, bits / 8, samples, offset);
      }
      offset += chunkBytes + chunkBytes % 2;
    }
  }

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("The WAV file ends too early");
      }
    }
    return bytes.flip();
  }

  private static String tag(ByteBuffer bytes, int offset) {
    return new String(bytes.array(), offset, 4, StandardCharsets.US_ASCII);
  }

  /** A whole mono file, full scale 1. */
  public static float[] readMono(Path file) throws IOException {
    try (WavReader reader = open(file)) {
      if (reader.format().channels() != 1) {
        throw new IOException(file + " is not mono");
      }
      return reader.read(Math.toIntExact(reader.samples()))[0];
    }
  }

  public SampleFormat format() {
    return format;
  }

  /** Samples for each channel. */
  public long samples() {
    return samples;
  }

  /**
   * The next samples.
   *
   * @return one array for each channel, at most {@code maxSamples} long; empty at the end
   */
  public float[][] read(int maxSamples) throws IOException {
    int count = (int) Math.min(maxSamples, samples - position);
    int blockBytes = bytesPerSample * format.channels();
    ByteBuffer bytes =
        read(channel, dataOffset + position * blockBytes, Math.multiplyExact(count, blockBytes));
    position += count;
    float[][] planar = new float[format.channels()][count];
    for (int index = 0; index < count; index++) {
      for (float[] target : planar) {
        target[index] =
            bytesPerSample == 2
                ? bytes.getShort() / (float) 0x7fff
                : next24(bytes) / (float) 0x7fffff;
      }
    }
    return planar;
  }

  private static int next24(ByteBuffer bytes) {
    int low = bytes.getShort() & 0xffff;
    return low | bytes.get() << 16;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
