package dev.morphene.rave.official;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Reads a growing file of TFRecord frames: length (8 bytes, little-endian), its checksum, the
 * bytes, their checksum. A frame that is not whole yet is read the next time.
 *
 * <p>The format is that of TensorFlow's {@code record_writer}; checksums are CRC-32C (RFC 3720),
 * rotated by 15 bits plus a constant.
 */
final class RecordFile {
  /** Above the largest that a trainer writes, its audio samples, by far. */
  private static final long MAXIMUM_RECORD_BYTES = 256L << 20;

  /** Of frames that one call reads, so that a long history does not fill the heap. */
  private static final long BYTES_AT_ONCE = 64L << 20;

  private static final int MASK_DELTA = 0xa282ead8;
  private static final int HEADER_BYTES = 12;
  private static final int FOOTER_BYTES = 4;

  private final Path path;
  private long position;

  RecordFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /**
   * Records that were completed since the last call, oldest first; perhaps not all, but none only
   * when there is none.
   *
   * @throws IOException when the file cannot be read or is damaged here; it stays so
   */
  List<byte[]> next() throws IOException {
    List<byte[]> records = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(path)) {
      long begin = position;
      for (Optional<byte[]> record = record(channel);
          record.isPresent();
          record = record(channel)) {
        records.add(record.get());
        if (position - begin > BYTES_AT_ONCE) {
          break;
        }
      }
    }
    return records;
  }

  private Optional<byte[]> record(FileChannel channel) throws IOException {
    long left = channel.size() - position;
    if (left < HEADER_BYTES) {
      return Optional.empty();
    }
    ByteBuffer header = read(channel, position, HEADER_BYTES);
    byte[] length = new byte[Long.BYTES];
    header.get(length);
    check(length, header.getInt(), "length");
    long bytes = header.getLong(0);
    if (bytes < 0 || bytes > MAXIMUM_RECORD_BYTES) {
      throw new IOException(path + " has a record of an impossible length at byte " + position);
    }
    if (left < HEADER_BYTES + bytes + FOOTER_BYTES) {
      return Optional.empty();
    }
    ByteBuffer body = read(channel, position + HEADER_BYTES, (int) bytes + FOOTER_BYTES);
    byte[] record = new byte[(int) bytes];
    body.get(record);
    check(record, body.getInt(), "content");
    position += HEADER_BYTES + bytes + FOOTER_BYTES;
    return Optional.of(record);
  }

  private static ByteBuffer read(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new EOFException("The file became shorter while it was read.");
      }
    }
    return buffer.flip();
  }

  private void check(byte[] bytes, int expected, String part) throws IOException {
    if (maskedChecksum(bytes) != expected) {
      throw new IOException(
          path + " is damaged: the checksum of a " + part + " at byte " + position + " is wrong");
    }
  }

  static int maskedChecksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    int value = (int) checksum.getValue();
    return ((value >>> 15) | (value << 17)) + MASK_DELTA;
  }
}
