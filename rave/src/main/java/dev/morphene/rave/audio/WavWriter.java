package dev.morphene.rave.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes a PCM WAV file (RIFF WAVE, format 1) of 16 or 24 bits. The file grows under a temporary
 * name and gets its own when it is complete; closing without finishing leaves nothing. For one
 * thread.
 */
public final class WavWriter implements AutoCloseable {
  static final int HEADER_BYTES = 44;
  private static final String TEMPORARY_SUFFIX = ".partial";

  private final Path target;
  private final Path temporary;
  private final SampleFormat format;
  private final int bytesPerSample;
  private final FileChannel channel;
  private long dataBytes;
  private boolean finished;

  private WavWriter(
      Path target, Path temporary, SampleFormat format, int bits, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.format = format;
    this.bytesPerSample = bits / 8;
    this.channel = channel;
  }

  /**
   * @param bits 16 or 24
   */
  public static WavWriter create(Path target, SampleFormat format, int bits) throws IOException {
    if (bits != 16 && bits != 24) {
      throw new IllegalArgumentException(bits + " bits; WAV files are written with 16 or 24.");
    }
    Path temporary = target.resolveSibling("." + target.getFileName() + TEMPORARY_SUFFIX);
    FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    WavWriter writer = new WavWriter(target, temporary, format, bits, channel);
    channel.position(HEADER_BYTES);
    return writer;
  }

  /** Writes a whole mono file. */
  public static void writeMono(Path target, int samplingRateHz, int bits, float[] samples)
      throws IOException {
    try (WavWriter writer = create(target, new SampleFormat(samplingRateHz, 1), bits)) {
      writer.write(new float[][] {samples});
      writer.finish();
    }
  }

  /**
   * Appends samples; what exceeds full scale is clipped, what is no number becomes silence.
   *
   * @param channels one array for each channel, full scale 1
   */
  public void write(float[][] channels) throws IOException {
    int samples = channels[0].length;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(samples, channels.length * bytesPerSample))
            .order(ByteOrder.LITTLE_ENDIAN);
    int fullScale = bytesPerSample == 2 ? 0x7fff : 0x7fffff;
    for (int index = 0; index < samples; index++) {
      for (float[] planar : channels) {
        int value = Math.round(Math.max(-1f, Math.min(1f, planar[index])) * fullScale);
        bytes.put((byte) value).put((byte) (value >> 8));
        if (bytesPerSample == 3) {
          bytes.put((byte) (value >> 16));
        }
      }
    }
    dataBytes += bytes.position();
    bytes.flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Completes the header, forces the file to disk and gives it its name. */
  public void finish() throws IOException {
    if (dataBytes > 0xffffffffL - HEADER_BYTES) {
      throw new IOException("A WAV file holds at most 4 GiB; " + target + " would be longer.");
    }
    if (dataBytes % 2 == 1) {
      channel.write(ByteBuffer.wrap(new byte[1]));
    }
    int blockBytes = format.channels() * bytesPerSample;
    ByteBuffer header =
        ByteBuffer.allocate(HEADER_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put("RIFF".getBytes(StandardCharsets.US_ASCII))
            .putInt((int) (HEADER_BYTES - 8 + dataBytes + dataBytes % 2))
            .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
            .putInt(16)
            .putShort((short) 1)
            .putShort((short) format.channels())
            .putInt(format.samplingRateHz())
            .putInt(format.samplingRateHz() * blockBytes)
            .putShort((short) blockBytes)
            .putShort((short) (8 * bytesPerSample))
            .put("data".getBytes(StandardCharsets.US_ASCII))
            .putInt((int) dataBytes)
            .flip();
    channel.write(header, 0);
    channel.force(true);
    channel.close();
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    finished = true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!finished) {
      Files.deleteIfExists(temporary);
    }
  }
}
