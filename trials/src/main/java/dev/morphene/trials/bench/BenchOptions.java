package dev.morphene.trials.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link DispatchBench} is asked to do.
 *
 * @param jobs of the sustained run, 100 or more
 * @param rate single-job submissions a second of the latency run, 1 or more
 * @param seconds length of the latency run, 1 or more
 * @param agents nodes, in one process, 1 or more
 * @param slots jobs at a time on each node, 1 or more
 * @param coordinators each in a process of its own, 1 or more
 * @param rivals 0 to leave the broker's own limit and db-scheduler out
 */
record BenchOptions(
    int jobs, int rate, int seconds, int agents, int slots, int coordinators, int rivals) {
  private static final Map<String, Integer> DEFAULTS =
      Map.of(
          "--jobs", 30_000,
          "--rate", 200,
          "--seconds", 20,
          "--agents", 4,
          "--slots", 256,
          "--coordinators", 1,
          "--rivals", 1);

  /**
   * @throws IllegalArgumentException with one sentence
   */
  static BenchOptions parse(String... arguments) {
    Map<String, Integer> values = new HashMap<>(DEFAULTS);
    List<String> words = Arrays.asList(arguments);
    for (int i = 0; i < words.size(); i += 2) {
      if (!DEFAULTS.containsKey(words.get(i)) || i + 1 == words.size()) {
        throw new IllegalArgumentException(
            "\"" + words.get(i) + "\" is no option with a number; there are " + known() + ".");
      }
      try {
        values.put(words.get(i), Integer.parseInt(words.get(i + 1)));
      } catch (NumberFormatException cause) {
        throw new IllegalArgumentException(
            words.get(i) + " takes a whole number, not \"" + words.get(i + 1) + "\".", cause);
      }
    }
    values.forEach(
        (name, value) -> {
          int least = name.equals("--jobs") ? 100 : name.equals("--rivals") ? 0 : 1;
          if (value < least) {
            throw new IllegalArgumentException(name + " is at least " + least + ".");
          }
        });
    return new BenchOptions(
        values.get("--jobs"),
        values.get("--rate"),
        values.get("--seconds"),
        values.get("--agents"),
        values.get("--slots"),
        values.get("--coordinators"),
        values.get("--rivals"));
  }

  private static String known() {
    return String.join(", ", DEFAULTS.keySet().stream().sorted().toList());
  }
}
