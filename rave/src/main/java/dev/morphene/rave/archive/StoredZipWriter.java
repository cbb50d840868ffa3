package dev.morphene.rave.archive;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A zip as libtorch lays it out: entries stored, payloads at multiples of 64 bytes, equal bytes for
 * equal content. Tensors are streamed, never held twice.
 */
final class StoredZipWriter {
  private static final int ALIGNMENT_BYTES = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int EXTRA_HEADER_BYTES = 4;
  private static final int CHUNK_BYTES = 1 << 16;

  /** Any fixed moment; 1980-01-01 itself would make the JDK add a time field of its own. */
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

  private final CountingStream counting;
  private final ZipOutputStream zip;
  private final String folder;

  /**
   * Writes to a stream that stays open.
   *
   * @param folder common top folder of all entries
   */
  StoredZipWriter(OutputStream out, String folder) {
    this.counting = new CountingStream(new BufferedOutputStream(out, 1 << 20));
    this.zip = new ZipOutputStream(counting, StandardCharsets.UTF_8);
    this.folder = folder;
  }

  void entry(String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    open(name, content.length, crc.getValue());
    zip.write(content);
    zip.closeEntry();
  }

  void entry(String name, TensorData data) throws IOException {
    CRC32 crc = new CRC32();
    inChunks(data, crc::update);
    open(name, data.byteCount(), crc.getValue());
    inChunks(data, zip::write);
    zip.closeEntry();
  }

  /** Writes the directory; the stream below is flushed, not closed. */
  void finish() throws IOException {
    zip.finish();
    counting.flush();
  }

  private void open(String name, long sizeBytes, long crc) throws IOException {
    ZipEntry entry = new ZipEntry(folder + "/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(sizeBytes);
    entry.setCompressedSize(sizeBytes);
    entry.setCrc(crc);
    entry.setTimeLocal(ENTRY_TIME);
    long nameBytes = entry.getName().getBytes(StandardCharsets.UTF_8).length;
    long unpadded = counting.written + LOCAL_HEADER_BYTES + nameBytes + EXTRA_HEADER_BYTES;
    int padding = (int) ((ALIGNMENT_BYTES - unpadded % ALIGNMENT_BYTES) % ALIGNMENT_BYTES);
    byte[] extra =
        ByteBuffer.allocate(EXTRA_HEADER_BYTES + padding)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 'F')
            .put((byte) 'B')
            .putShort((short) padding)
            .array();
    entry.setExtra(extra);
    zip.putNextEntry(entry);
  }

  private interface ChunkSink {
    void accept(byte[] bytes, int offset, int length) throws IOException;
  }

  private static void inChunks(TensorData data, ChunkSink sink) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int count = data.elementCount();
    int perChunk = CHUNK_BYTES / data.type().bytes();
    for (int start = 0; start < count; start += perChunk) {
      int length = Math.min(perChunk, count - start);
      if (data.type() == TensorData.ElementType.FLOAT32) {
        chunk.asFloatBuffer().put(data.floats(), start, length);
      } else {
        chunk.asLongBuffer().put(data.longs(), start, length);
      }
      sink.accept(chunk.array(), 0, length * data.type().bytes());
    }
  }

  private static final class CountingStream extends FilterOutputStream {
    private long written;

    CountingStream(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      written++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      written += length;
    }
  }
}
