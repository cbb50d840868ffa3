package dev.morphene.rave.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order in which PyTorch goes through a model: a module's own tensors before those of its
 * children, numbered children by their number, others as they were first met.
 */
final class StateDictOrder {
  private static final Set<String> TRAINED =
      Set.of("weight", "bias", "weight_g", "weight_v", "alpha");

  private final Set<String> own = new LinkedHashSet<>();
  private final Map<String, StateDictOrder> children = new LinkedHashMap<>();

  private StateDictOrder() {}

  /** The same keys, in order. */
  static List<String> of(Collection<String> keys) {
    StateDictOrder root = new StateDictOrder();
    keys.forEach(root::add);
    List<String> ordered = new ArrayList<>(keys.size());
    root.collect("", ordered);
    return ordered;
  }

  /**
   * Keys of what an optimiser trains, in its order: those under the prefixes that are no buffers.
   */
  static List<String> parameters(Collection<String> keys, String... prefixes) {
    List<String> parameters = new ArrayList<>();
    List<String> ordered = of(keys);
    for (String prefix : prefixes) {
      for (String key : ordered) {
        if (key.startsWith(prefix) && TRAINED.contains(key.substring(key.lastIndexOf('.') + 1))) {
          parameters.add(key);
        }
      }
    }
    return parameters;
  }

  private void add(String key) {
    StateDictOrder module = this;
    String[] names = key.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      module = module.children.computeIfAbsent(names[i], name -> new StateDictOrder());
    }
    module.own.add(names[names.length - 1]);
  }

  private void collect(String prefix, List<String> ordered) {
    own.forEach(name -> ordered.add(prefix + name));
    List<String> names = new ArrayList<>(children.keySet());
    if (names.stream().allMatch(name -> name.matches("\\d{1,6}"))) {
      names.sort((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
    }
    names.forEach(name -> children.get(name).collect(prefix + name + ".", ordered));
  }
}
