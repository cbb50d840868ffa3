package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Typed reading of one level of a checkpoint's tree; whatever is amiss names file and field. */
final class CheckpointTree {
  static final String FORMAT = "morphene-checkpoint";
  static final long FORMAT_VERSION = 1;

  private final Path file;
  private final String where;
  private final Map<?, ?> values;

  private CheckpointTree(Path file, String where, Map<?, ?> values) {
    this.file = file;
    this.where = where;
    this.values = values;
  }

  /**
   * Reads the wanted part of a checkpoint.
   *
   * @throws JobFailure UNREADABLE when it is missing, damaged or of another program
   */
  static CheckpointTree read(Path file, Predicate<List<String>> wanted) {
    CheckpointTree tree = new CheckpointTree(file, "", TorchTree.read(file, wanted));
    if (!tree.text("format").equals(FORMAT) || tree.number("format_version") != FORMAT_VERSION) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file
              + " is a "
              + tree.text("format")
              + " of version "
              + tree.number("format_version")
              + "; this program reads "
              + FORMAT
              + " of version "
              + FORMAT_VERSION
              + ".");
    }
    return tree;
  }

  boolean has(String name) {
    return values.get(name) != null;
  }

  CheckpointTree child(String name) {
    return new CheckpointTree(file, where + name + ".", get(name, Map.class));
  }

  long number(String name) {
    return get(name, Long.class);
  }

  double real(String name) {
    return get(name, Double.class);
  }

  String text(String name) {
    return get(name, String.class);
  }

  TensorData tensor(String name) {
    return get(name, TensorData.class);
  }

  Map<String, TensorData> tensors(String name) {
    CheckpointTree child = child(name);
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    child.values.keySet().forEach(key -> tensors.put((String) key, child.tensor((String) key)));
    return tensors;
  }

  Map<String, String> texts(String name) {
    CheckpointTree child = child(name);
    Map<String, String> texts = new LinkedHashMap<>();
    child.values.keySet().forEach(key -> texts.put((String) key, child.text((String) key)));
    return texts;
  }

  private <T> T get(String name, Class<T> type) {
    Object value = values.get(name);
    if (!type.isInstance(value)) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file + " is no checkpoint of this program: \"" + where + name + "\" is missing or odd.");
    }
    return type.cast(value);
  }
}
