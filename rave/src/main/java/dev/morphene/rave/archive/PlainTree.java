package dev.morphene.rave.archive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies what a pickle built into plain maps and lists. A pickle can build a list that contains
 * itself, or one that fans out without end; depth and size are bounded here.
 */
final class PlainTree {
  private static final int MAXIMUM_DEPTH = 64;
  private static final int MAXIMUM_NODES = 2_000_000;

  private int nodes;

  private PlainTree() {}

  static Object of(Object built) throws UnreadableArchiveException {
    return new PlainTree().copy(built, 0);
  }

  static Map<String, Object> asRoot(Object tree) throws UnreadableArchiveException {
    if (!(tree instanceof Map<?, ?> map)) {
      throw new UnreadableArchiveException("holds no dictionary");
    }
    Map<String, Object> root = new LinkedHashMap<>();
    map.forEach((key, value) -> root.put((String) key, value));
    return root;
  }

  private Object copy(Object value, int depth) throws UnreadableArchiveException {
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
        plain.put(key.toString(), copy(entry.getValue(), depth + 1));
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
    if (value == null
        || value instanceof String
        || value instanceof Long
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof TensorData) {
      return value;
    }
    throw new UnreadableArchiveException("holds something other than plain values and tensors");
  }
}
