package dev.morphene.rave.archive;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a {@link ScriptModule} as a TorchScript archive that {@code torch::jit::load} of libtorch
 * 1.13 and later reads. Equal modules give equal bytes.
 */
public final class TorchArchiveWriter {
  /** Operators whose meaning changed over time keep their present one; 1.13 and later read it. */
  public static final int DEFAULT_VERSION = 10;

  private final int version;
  private final Map<String, byte[]> extraFiles;
  private final List<TensorData> storages = new ArrayList<>();
  private final Map<String, String> classTexts = new LinkedHashMap<>();
  private final PickleWriter pickle = new PickleWriter();

  private TorchArchiveWriter(int version, Map<String, byte[]> extraFiles) {
    this.version = version;
    this.extraFiles = extraFiles;
  }

  /**
   * Writes to a file.
   *
   * @param extraFiles free metadata by name, readable through {@code _extra_files}
   * @throws JobFailure with class STORAGE when the file cannot be written
   */
  public static void write(
      Path file, ScriptModule root, int version, Map<String, byte[]> extraFiles) {
    try (OutputStream out = Files.newOutputStream(file)) {
      write(out, root, version, extraFiles);
    } catch (IOException e) {
      throw new JobFailure(
          FailureClass.STORAGE, "Cannot write " + file + ": " + e.getMessage() + ".", e);
    }
  }

  /** Writes to a stream, which is flushed and stays open. */
  public static void write(
      OutputStream out, ScriptModule root, int version, Map<String, byte[]> extraFiles)
      throws IOException {
    new TorchArchiveWriter(version, extraFiles).writeTo(out, root);
  }

  /** The archive in memory. */
  public static byte[] toBytes(ScriptModule root) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(out, root, DEFAULT_VERSION, Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException("Memory takes every byte.", e);
    }
    return out.toByteArray();
  }

  private void writeTo(OutputStream out, ScriptModule root) throws IOException {
    module(root);
    StoredZipWriter zip = new StoredZipWriter(out, "archive");
    zip.entry("data.pkl", pickle.finish());
    for (Map.Entry<String, String> file : codeFiles().entrySet()) {
      zip.entry("code/" + file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
    }
    for (int key = 0; key < storages.size(); key++) {
      zip.entry("data/" + key, storages.get(key));
    }
    PickleWriter constants = new PickleWriter();
    constants.emptyTuple();
    zip.entry("constants.pkl", constants.finish());
    for (Map.Entry<String, byte[]> extra : extraFiles.entrySet()) {
      zip.entry("extra/" + extra.getKey(), extra.getValue());
    }
    zip.entry("version", (version + "\n").getBytes(StandardCharsets.US_ASCII));
    zip.entry("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  private Map<String, String> codeFiles() {
    Map<String, String> files = new LinkedHashMap<>();
    classTexts.forEach(
        (name, text) -> {
          String file = name.substring(0, name.lastIndexOf('.')).replace('.', '/') + ".py";
          files.merge(file, text, String::concat);
        });
    return files;
  }

  private void module(ScriptModule module) {
    String text = module.classText();
    String name = module.qualifiedName();
    // Children first, so that a class is known before one that mentions it.
    int lastDot = name.lastIndexOf('.');
    pickle.global(name.substring(0, lastDot), name.substring(lastDot + 1));
    pickle.emptyTuple();
    pickle.newObject();
    pickle.emptyDict();
    pickle.mark();
    module
        .ownTensors()
        .forEach(
            (key, data) -> {
              pickle.text(key);
              tensor(data, module.isParameter(key));
            });
    pickle.text("training");
    pickle.bool(true);
    module
        .attributes()
        .forEach(
            (key, value) -> {
              pickle.text(key);
              value(value);
            });
    module
        .children()
        .forEach(
            (key, child) -> {
              pickle.text(key);
              module(child);
            });
    pickle.setItems();
    pickle.build();
    String known = classTexts.putIfAbsent(name, text);
    if (known != null && !known.equals(text)) {
      throw new IllegalArgumentException("Two different classes are called " + name + ".");
    }
  }

  private void tensor(TensorData data, boolean requiresGradient) {
    String key = Integer.toString(storages.size());
    storages.add(data);
    pickle.tensor(data, key, requiresGradient);
  }

  private void value(ScriptValue value) {
    if (value instanceof ScriptValue.Tensor tensor) {
      tensor(tensor.data(), false);
    } else if (value instanceof ScriptValue.Int integer) {
      pickle.integer(integer.value());
    } else if (value instanceof ScriptValue.Real real) {
      pickle.real(real.value());
    } else if (value instanceof ScriptValue.Bool bool) {
      pickle.bool(bool.value());
    } else if (value instanceof ScriptValue.Text text) {
      pickle.text(text.value());
    } else if (value instanceof ScriptValue.None) {
      pickle.none();
    } else if (value instanceof ScriptValue.Tuple tuple) {
      pickle.mark();
      tuple.elements().forEach(this::value);
      pickle.tuple();
    } else if (value instanceof ScriptValue.Sequence sequence) {
      typeTagged(
          value,
          () -> {
            pickle.emptyList();
            pickle.mark();
            sequence.elements().forEach(this::value);
            pickle.appends();
          });
    } else if (value instanceof ScriptValue.TensorMap map) {
      typeTagged(
          value,
          () -> {
            pickle.emptyDict();
            pickle.mark();
            map.tensors()
                .forEach(
                    (key, data) -> {
                      pickle.text(key);
                      tensor(data, false);
                    });
            pickle.setItems();
          });
    }
  }

  /** Lists and dictionaries carry their type, since an empty one could not tell it. */
  private void typeTagged(ScriptValue value, Runnable content) {
    pickle.global("torch.jit._pickle", "restore_type_tag");
    pickle.mark();
    content.run();
    pickle.text(value.typeText());
    pickle.tuple();
    pickle.reduce();
  }
}
