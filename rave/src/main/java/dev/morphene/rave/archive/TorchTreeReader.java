package dev.morphene.rave.archive;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Opens the zip of a tree, checks its entries and rebuilds its tensors. */
final class TorchTreeReader implements PickleReader.Room, StoredTensor.Source {
  private static final long MAXIMUM_PICKLE_BYTES = 16L << 20;
  private static final long MAXIMUM_SMALL_ENTRY_BYTES = 1024;

  /** How often over the bytes of the file its tensors may be, when they share storages. */
  private static final long MAXIMUM_SHARING = 4;

  private final ZipFile zip;
  private final String folder;
  private final long fileBytes;
  private final Map<String, TensorData> storages = new HashMap<>();
  private long elementBytesLeft;
  private long storageBytesLeft;

  private TorchTreeReader(ZipFile zip, String folder, long fileBytes) {
    this.zip = zip;
    this.folder = folder;
    this.fileBytes = fileBytes;
    this.elementBytesLeft = MAXIMUM_SHARING * fileBytes;
    this.storageBytesLeft = fileBytes;
  }

  static Map<String, Object> read(Path file, Predicate<List<String>> wanted) {
    if (!Files.isRegularFile(file)) {
      throw new JobFailure(
          FailureClass.UNREADABLE, "There is no checkpoint file " + file + "; check the path.");
    }
    File plainFile = file.toFile();
    try (ZipFile zip = new ZipFile(plainFile, StandardCharsets.UTF_8)) {
      TorchTreeReader reader = new TorchTreeReader(zip, topFolder(zip), plainFile.length());
      reader.checkByteOrder();
      byte[] pickle = reader.bytes(reader.entry("data.pkl", MAXIMUM_PICKLE_BYTES));
      Object tree = PlainTree.of(PickleReader.read(pickle, reader), reader, wanted);
      return PlainTree.asRoot(tree);
    } catch (UnreadableArchiveException e) {
      throw unreadable(file, e.getMessage(), e);
    } catch (IOException
        | IllegalArgumentException
        | ArithmeticException
        | IndexOutOfBoundsException e) {
      // ZipFile reports broken headers and names as any of these.
      throw unreadable(file, "is truncated or no zip file", e);
    }
  }

  private static JobFailure unreadable(Path file, String reason, Exception cause) {
    return new JobFailure(
        FailureClass.UNREADABLE,
        "The file " + file + " " + reason + "; use another checkpoint.",
        cause);
  }

  private static String topFolder(ZipFile zip) throws UnreadableArchiveException {
    String found = null;
    for (ZipEntry entry : Collections.list(zip.entries())) {
      String name = entry.getName();
      if (name.endsWith("/data.pkl") && name.indexOf('/') == name.lastIndexOf('/')) {
        if (found != null) {
          throw new UnreadableArchiveException("holds more than one tree");
        }
        found = name.substring(0, name.indexOf('/'));
      }
    }
    if (found == null) {
      throw new UnreadableArchiveException("is a zip file but not one of PyTorch");
    }
    return found;
  }

  private void checkByteOrder() throws IOException, UnreadableArchiveException {
    ZipEntry entry = zip.getEntry(folder + "/byteorder");
    if (entry != null) {
      byte[] order = bytes(entry("byteorder", MAXIMUM_SMALL_ENTRY_BYTES));
      if (!new String(order, StandardCharsets.US_ASCII).strip().equals("little")) {
        throw new UnreadableArchiveException("was written on a machine of another byte order");
      }
    }
  }

  private ZipEntry entry(String name, long maximumBytes) throws UnreadableArchiveException {
    ZipEntry entry = zip.getEntry(folder + "/" + name);
    if (entry == null) {
      throw new UnreadableArchiveException("lacks its part " + name);
    }
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
      throw new UnreadableArchiveException("has a compressed part " + name);
    }
    if (entry.getSize() > Math.min(maximumBytes, fileBytes)) {
      throw new UnreadableArchiveException("has an oversized part " + name);
    }
    return entry;
  }

  private byte[] bytes(ZipEntry entry) throws IOException, UnreadableArchiveException {
    byte[] bytes = new byte[Math.toIntExact(entry.getSize())];
    CRC32 crc = new CRC32();
    try (InputStream in = zip.getInputStream(entry)) {
      if (in.readNBytes(bytes, 0, bytes.length) != bytes.length) {
        throw new UnreadableArchiveException("is truncated in " + entry.getName());
      }
    }
    crc.update(bytes);
    check(entry, crc);
    return bytes;
  }

  private static void check(ZipEntry entry, CRC32 crc) throws UnreadableArchiveException {
    if (crc.getValue() != entry.getCrc()) {
      throw new UnreadableArchiveException(
          "is corrupt: the checksum of " + entry.getName() + " does not match");
    }
  }

  @Override
  public TensorData storage(StoredTensor.Storage storage)
      throws IOException, UnreadableArchiveException {
    String key = storage.key();
    TensorData known = storages.get(key);
    if (known == null) {
      known = readStorage(storage.type(), key);
      storages.put(key, known);
    }
    if (known.type() != storage.type() || known.elementCount() != storage.count()) {
      throw new UnreadableArchiveException("disagrees with itself about the size of data/" + key);
    }
    return known;
  }

  @Override
  public void claim(long bytes) throws UnreadableArchiveException {
    elementBytesLeft -= bytes;
    if (elementBytesLeft < 0) {
      throw new UnreadableArchiveException("describes far larger tensors than it holds");
    }
  }

  private TensorData readStorage(TensorData.ElementType type, String key)
      throws IOException, UnreadableArchiveException {
    // Parts may overlap in a hostile file: all of them together are no larger than the file.
    ZipEntry entry = entry("data/" + key, storageBytesLeft);
    long size = entry.getSize();
    storageBytesLeft -= size;
    if (size % type.bytes() != 0 || size / type.bytes() > Integer.MAX_VALUE - 8) {
      throw new UnreadableArchiveException("has a part data/" + key + " of an impossible size");
    }
    int count = (int) (size / type.bytes());
    boolean real = type == TensorData.ElementType.FLOAT32;
    float[] floats = real ? new float[count] : null;
    long[] longs = real ? null : new long[count];
    byte[] chunk = new byte[(int) Math.min(1 << 16, size)];
    ByteBuffer view = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    CRC32 crc = new CRC32();
    int done = 0;
    try (InputStream in = zip.getInputStream(entry)) {
      while (done < count) {
        int wanted =
            Math.min(
                chunk.length,
                (int) Math.min(Integer.MAX_VALUE, (long) (count - done) * type.bytes()));
        if (in.readNBytes(chunk, 0, wanted) != wanted) {
          throw new UnreadableArchiveException("is truncated in data/" + key);
        }
        crc.update(chunk, 0, wanted);
        int elements = wanted / type.bytes();
        if (real) {
          view.asFloatBuffer().get(floats, done, elements);
        } else {
          view.asLongBuffer().get(longs, done, elements);
        }
        done += elements;
      }
    }
    check(entry, crc);
    return real ? TensorData.ofFloats(floats, count) : TensorData.ofLongs(longs, count);
  }
}
