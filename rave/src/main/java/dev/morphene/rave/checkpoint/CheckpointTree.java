package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Typed reading of one level of a checkpoint's tree; whatever is amiss names file and field. */
final class CheckpointTree {
  private final Path file;
  private final String where;
  private final Map<?, ?> values;

  private CheckpointTree(Path file, String where, Map<?, ?> values) {
    this.file = file;
    this.where = where;
    this.values = values;
  }

  static CheckpointTree root(Path file, Map<String, Object> values) {
    return new CheckpointTree(file, "", values);
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
