package dev.morphene.rave.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Copies what a pickle built into plain maps and lists and reads the tensors that are wanted. A
 * pickle can build a list that contains itself, or one that fans out without end; depth and size
 * are bounded here.
 */
final class PlainTree {
  private static final int MAXIMUM_DEPTH = 64;
  private static final int MAXIMUM_NODES = 2_000_000;

  private final StoredTensor.Source source;
  private final Predicate<List<String>> wanted;
  private final List<String> keys = new ArrayList<>();
  private final List<String> keysForOthers = Collections.unmodifiableList(keys);
  private int nodes;

  private PlainTree(StoredTensor.Source source, Predicate<List<String>> wanted) {
    this.source = source;
    this.wanted = wanted;
  }

  /**
   * @param wanted asked for every entry of a map, with the keys that lead to it
   */
  static Object of(Object built, StoredTensor.Source source, Predicate<List<String>> wanted)
      throws IOException, UnreadableArchiveException {
    return new PlainTree(source, wanted).copy(built, 0);
  }

  static Map<String, Object> asRoot(Object tree) throws UnreadableArchiveException {
    if (!(tree instanceof Map<?, ?> map)) {
      throw new UnreadableArchiveException("holds no dictionary");
    }
    Map<String, Object> root = new LinkedHashMap<>();
    map.forEach((key, value) -> root.put((String) key, value));
    return root;
  }

  private Object copy(Object value, int depth) throws IOException, UnreadableArchiveException {
    if (depth > MAXIMUM_DEPTH || ++nodes > MAXIMUM_NODES) {
      throw new UnreadableArchiveException("is nested too deeply or too large");
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        // Optimiser states are keyed by number.
        Object key = entry.getKey();
        if (!(key instanceof String || key instanceof Long)) {
          throw new UnreadableArchiveException("has a dictionary key that is no text or number");
        }
        keys.add(key.toString());
        if (wanted.test(keysForOthers)) {
          plain.put(key.toString(), copy(entry.getValue(), depth + 1));
        }
        keys.remove(keys.size() - 1);
      }
      return plain;
    }
    if (value instanceof List<?> list) {
      List<Object> plain = new ArrayList<>(list.size());
      for (Object element : list) {
        plain.add(copy(element, depth + 1));
      }
      return plain;
    }
    if (value instanceof StoredTensor tensor) {
      return tensor.read(source);
    }
    if (value == null
        || value instanceof String
        || value instanceof Long
        || value instanceof Double
        || value instanceof Boolean) {
      return value;
    }
    throw new UnreadableArchiveException("holds something other than plain values and tensors");
  }
}
