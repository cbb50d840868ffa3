package dev.morphene.trials.simulation;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * {@code SimulationMain [--nodes N] [--jobs N] [--mix guide|wide] [--seed S]}: prints the
 * comparison.
 */
public final class SimulationMain {
  private static final String USAGE =
      "Usage: SimulationMain [--nodes N] [--jobs N] [--mix guide|wide] [--seed S]; N is a whole"
          + " number, 1 or more.";

  private SimulationMain() {}

  /** Exits with 0, with 1 when an invariant is broken, with 2 when the arguments are wrong. */
  public static void main(String[] arguments) {
    Optional<Simulation> simulation = parse(List.of(arguments));
    if (simulation.isEmpty()) {
      System.err.println(USAGE);
      System.exit(2);
    }
    try {
      System.out.print(Comparison.run(simulation.get(), cpuNanos()).table());
    } catch (InvariantBroken broken) {
      System.err.println(broken.getMessage());
      System.exit(1);
    }
  }

  /** Time of one core, so that what else runs on the machine does not count. */
  private static LongSupplier cpuNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported()
        ? threads::getCurrentThreadCpuTime
        : System::nanoTime;
  }

  private static Optional<Simulation> parse(List<String> words) {
    Map<String, String> options =
        new HashMap<>(
            Map.of("--nodes", "1000", "--jobs", "20000", "--mix", "guide", "--seed", "1"));
    for (int i = 0; i < words.size(); i += 2) {
      if (i + 1 == words.size() || options.replace(words.get(i), words.get(i + 1)) == null) {
        return Optional.empty();
      }
    }
    try {
      int nodes = Integer.parseInt(options.get("--nodes"));
      int jobs = Integer.parseInt(options.get("--jobs"));
      WorkloadMix mix = WorkloadMix.valueOf(options.get("--mix").toUpperCase(Locale.ROOT));
      long seed = Long.parseLong(options.get("--seed"));
      return nodes < 1 || jobs < 1
          ? Optional.empty()
          : Optional.of(Simulation.of(nodes, jobs, mix, seed));
    } catch (IllegalArgumentException wrong) {
      return Optional.empty();
    }
  }
}
