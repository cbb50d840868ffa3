package dev.morphene.rave.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Tells a WAV file that was cut off. FFmpeg plays such a file to its end and says nothing, since
 * recorders that stream leave the length open; those write 0 or the largest number.
 */
final class RiffLength {
  private static final int RIFF = 0x46464952;
  private static final int WAVE = 0x45564157;
  private static final int DATA = 0x61746164;
  private static final long OPEN_LENGTH = 0xffffffffL;

  private RiffLength() {}

  /** Bytes of sound that the header promises and the file lacks; 0 for files of other kinds. */
  static long missingBytes(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer head = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(head, 0);
      if (head.hasRemaining() || head.getInt(0) != RIFF || head.getInt(8) != WAVE) {
        return 0;
      }
      long offset = 12;
      while (true) {
        ByteBuffer chunk = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(chunk, offset);
        if (chunk.hasRemaining()) {
          return 0;
        }
        long length = chunk.getInt(4) & 0xffffffffL;
        offset += 8;
        if (chunk.getInt(0) == DATA) {
          boolean open = length == 0 || length == OPEN_LENGTH;
          return open ? 0 : Math.max(0, offset + length - channel.size());
        }
        offset += length + length % 2;
      }
    }
  }
}
