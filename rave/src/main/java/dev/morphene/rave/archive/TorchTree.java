package dev.morphene.rave.archive;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Checkpoint files: a tree of maps with keys that are texts or longs, lists, texts, longs, doubles,
 * booleans and {@link TensorData}, laid out as {@code torch.save} does, so that {@code torch.load}
 * reads it.
 */
public final class TorchTree {
  private final List<TensorData> storages = new ArrayList<>();
  private final PickleWriter pickle = new PickleWriter();

  private TorchTree() {}

  /**
   * A map that is written as Python's {@code OrderedDict}, as state dicts are; read back, it is a
   * map like any other.
   */
  public record Ordered(Map<String, ?> entries) {}

  /**
   * Writes a file anew and forces it to the disk.
   *
   * @throws JobFailure with class STORAGE when it cannot be written
   * @throws IllegalArgumentException for a value of another type
   */
  public static void write(Path file, Map<String, ?> tree) {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(channel, tree);
      channel.force(true);
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.STORAGE,
          "Cannot write " + file + ": " + e.getMessage() + "; free space or mend the folder.",
          e);
    }
  }

  /** Streams to a channel, which stays open and is the caller's to force. */
  public static void write(WritableByteChannel channel, Map<String, ?> tree) throws IOException {
    OutputStream out = Channels.newOutputStream(channel);
    TorchTree writer = new TorchTree();
    writer.value(tree);
    StoredZipWriter zip = new StoredZipWriter(out, "archive");
    zip.entry("data.pkl", writer.pickle.finish());
    zip.entry("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    for (int key = 0; key < writer.storages.size(); key++) {
      zip.entry("data/" + key, writer.storages.get(key));
    }
    zip.entry("version", "3\n".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  /**
   * Reads a file of {@link #write} or of {@code torch.save} (the zip format of PyTorch 1.6 and
   * later). Nothing in it is executed: the only globals known are dictionaries and tensors.
   * Checksums are verified. Tuples come back as lists, absent values as null, keys as texts.
   *
   * @throws JobFailure with class UNREADABLE for a file that is missing, truncated, corrupt or
   *     holds anything else
   */
  public static Map<String, Object> read(Path file) {
    return read(file, keys -> true);
  }

  /**
   * The same, without what is not wanted: such tensors are neither read nor checked.
   *
   * @param wanted asked for every entry of every map, with the keys that lead to it, outermost
   *     first; entries for which it is false are left out
   * @throws JobFailure as {@link #read(Path)}
   */
  public static Map<String, Object> read(Path file, Predicate<List<String>> wanted) {
    return TorchTreeReader.read(file, wanted);
  }

  private void value(Object value) {
    if (value == null) {
      pickle.none();
    } else if (value instanceof Map<?, ?> map) {
      pickle.emptyDict();
      entries(map);
    } else if (value instanceof Ordered ordered) {
      pickle.emptyOrderedDict();
      entries(ordered.entries());
    } else if (value instanceof List<?> list) {
      pickle.emptyList();
      pickle.mark();
      list.forEach(this::value);
      pickle.appends();
    } else if (value instanceof String text) {
      pickle.text(text);
    } else if (value instanceof Integer || value instanceof Long) {
      pickle.integer(((Number) value).longValue());
    } else if (value instanceof Double real) {
      pickle.real(real);
    } else if (value instanceof Boolean bool) {
      pickle.bool(bool);
    } else if (value instanceof TensorData tensor) {
      pickle.tensor(tensor, Integer.toString(storages.size()), false);
      storages.add(tensor);
    } else {
      throw new IllegalArgumentException("A tree cannot hold a " + value.getClass().getName());
    }
  }

  private void entries(Map<?, ?> map) {
    pickle.mark();
    map.forEach(
        (key, element) -> {
          if (key instanceof String text) {
            pickle.text(text);
          } else if (key instanceof Long number) {
            pickle.integer(number);
          } else {
            throw new IllegalArgumentException(
                "Keys of a tree are texts or longs, not " + key + ".");
          }
          value(element);
        });
    pickle.setItems();
  }
}
