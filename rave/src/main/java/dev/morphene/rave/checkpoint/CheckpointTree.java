package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Typed reading of one level of a checkpoint's tree; whatever is amiss names file and field. */
final class CheckpointTree {
  static final String FORMAT = "morphene-checkpoint";

  /** Keys that came later, {@link #AVERAGE} among them, are optional: the version is the same. */
  static final long FORMAT_VERSION = 1;

  /** Moving average of the generator; only in checkpoints of runs that keep one. */
  static final String AVERAGE = "ema";

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
    CheckpointTree tree = ofAnyTrainer(file, wanted);
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

  /**
   * Reads the wanted part of a file that some trainer has written.
   *
   * @throws JobFailure UNREADABLE when it is missing or damaged
   */
  static CheckpointTree ofAnyTrainer(Path file, Predicate<List<String>> wanted) {
    return new CheckpointTree(file, "", TorchTree.read(file, wanted));
  }

  boolean has(String name) {
    return values.get(name) != null;
  }

  CheckpointTree child(String name) {
    return new CheckpointTree(file, where + name + ".", get(name, Map.class));
  }

  /** The trees in a list. */
  List<CheckpointTree> children(String name) {
    List<CheckpointTree> children = new ArrayList<>();
    for (Object element : get(name, List.class)) {
      String path = where + name + "." + children.size();
      if (!(element instanceof Map<?, ?> map)) {
        throw odd(path);
      }
      children.add(new CheckpointTree(file, path + ".", map));
    }
    return children;
  }

  /** Names on this level, in order. */
  List<String> names() {
    return values.keySet().stream().map(Object::toString).toList();
  }

  /** The whole path of a name on this level. */
  String path(String name) {
    return where + name;
  }

  boolean isTensor(String name) {
    return values.get(name) instanceof TensorData;
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
      throw odd(where + name);
    }
    return type.cast(value);
  }

  private JobFailure odd(String path) {
    return new JobFailure(
        FailureClass.UNREADABLE,
        file + " is no checkpoint of a kind known here: \"" + path + "\" is missing or odd.");
  }
}
