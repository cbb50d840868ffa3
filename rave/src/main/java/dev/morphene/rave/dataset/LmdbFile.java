package dev.morphene.rave.dataset;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Looks at {@code data.mdb} before LMDB maps it: a map of a file shorter than its meta pages say
 * kills the whole process with a bus error. Offsets are those of {@code MDB_meta} in LMDB 0.9 on a
 * 64-bit little-endian system.
 */
final class LmdbFile {
  private static final int META_OFFSET = 16;
  private static final int META_BYTES = 136;
  private static final int MAGIC = 0xBEEFC0DE;
  private static final int DATA_VERSION = 1;
  private static final int PAGE_SIZE_OFFSET = META_OFFSET + 24;
  private static final int LAST_PAGE_OFFSET = META_OFFSET + 120;
  private static final int TRANSACTION_OFFSET = META_OFFSET + 128;

  private LmdbFile() {}

  /**
   * @throws IOException with the reason when the file is no complete environment
   */
  static void check(Path dataFile) throws IOException {
    try (FileChannel channel = FileChannel.open(dataFile, StandardOpenOption.READ)) {
      ByteBuffer first = meta(channel, 0);
      int pageBytes = first.getInt(PAGE_SIZE_OFFSET);
      if (pageBytes < 512 || pageBytes > 65_536 || Integer.bitCount(pageBytes) != 1) {
        throw new IOException(dataFile + " has a page size of " + pageBytes + " bytes");
      }
      ByteBuffer second = meta(channel, pageBytes);
      ByteBuffer newest =
          second.getLong(TRANSACTION_OFFSET) > first.getLong(TRANSACTION_OFFSET) ? second : first;
      long lastPage = newest.getLong(LAST_PAGE_OFFSET);
      long neededBytes = Math.addExact(lastPage, 1) * pageBytes;
      if (lastPage < 1 || channel.size() < neededBytes) {
        throw new IOException(
            dataFile + " is cut off: " + channel.size() + " of " + neededBytes + " bytes");
      }
    } catch (ArithmeticException overflow) {
      throw new IOException(dataFile + " has an impossible page count", overflow);
    }
  }

  private static ByteBuffer meta(FileChannel channel, long offset) throws IOException {
    ByteBuffer page = ByteBuffer.allocate(META_OFFSET + META_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (page.hasRemaining()) {
      if (channel.read(page, offset + page.position()) < 0) {
        throw new EOFException("data.mdb ends inside its first pages");
      }
    }
    if (page.getInt(META_OFFSET) != MAGIC || page.getInt(META_OFFSET + 4) != DATA_VERSION) {
      throw new IOException("data.mdb is no LMDB file of version 1");
    }
    return page;
  }
}
