package dev.morphene.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long short commands take, as wall time of whole processes, beside a JVM that does nothing.
 * Rounds of all commands one after the other, so that whatever else the machine does meets all of
 * them alike. {@code cli/bench start-up} runs it from its source.
 */
final class StartUpBench {
  private static final int USUAL_RUNS = 20;
  private static final double NANOS_PER_MILLI = 1e6;

  private StartUpBench() {}

  /**
   * @param arguments the launcher, then {@code --runs N}
   */
  public static void main(String[] arguments) throws Exception {
    String morphene = arguments[0];
    int runs = USUAL_RUNS;
    if (arguments.length == 3 && arguments[1].equals("--runs")) {
      runs = Integer.parseInt(arguments[2]);
    } else if (arguments.length != 1) {
      System.err.println("bench: cli/bench start-up [--runs N]");
      System.exit(2);
    }
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put("java -version", List.of(java(), "-version"));
    commands.put("morphene --help", List.of(morphene, "--help"));
    commands.put("morphene instruments --list", List.of(morphene, "instruments", "--list"));
    commands.put("morphene queue list --help", List.of(morphene, "queue", "list", "--help"));
    for (List<String> command : commands.values()) {
      // Builds what must be built, and warms the file system's cache.
      int exitCode = run(command);
      if (exitCode != 0) {
        System.err.println("bench: " + command + " ended with " + exitCode);
        System.exit(1);
      }
    }
    Map<String, double[]> millis = new LinkedHashMap<>();
    for (String name : commands.keySet()) {
      millis.put(name, new double[runs]);
    }
    for (int round = 0; round < runs; round++) {
      for (Map.Entry<String, List<String>> command : commands.entrySet()) {
        long begin = System.nanoTime();
        run(command.getValue());
        millis.get(command.getKey())[round] = (System.nanoTime() - begin) / NANOS_PER_MILLI;
      }
    }
    print(millis, runs);
  }

  private static void print(Map<String, double[]> millis, int runs) {
    System.out.println(
        runs
            + " rounds, "
            + Runtime.getRuntime().availableProcessors()
            + " processors, Java "
            + Runtime.version());
    String row = "%-28s %8s %8s %8s %8s%n";
    System.out.printf(Locale.ROOT, row, "wall time, ms", "least", "median", "p90", "ratio");
    double base = 0;
    for (Map.Entry<String, double[]> each : millis.entrySet()) {
      double[] sorted = each.getValue().clone();
      Arrays.sort(sorted);
      double median = quantile(sorted, 0.5);
      base = base == 0 ? median : base;
      List<Object> cells = new ArrayList<>(List.of(each.getKey()));
      for (double value : new double[] {sorted[0], median, quantile(sorted, 0.9)}) {
        cells.add(String.format(Locale.ROOT, "%.0f", value));
      }
      cells.add(String.format(Locale.ROOT, "%.1f", median / base));
      System.out.printf(Locale.ROOT, row, cells.toArray());
    }
  }

  private static double quantile(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
  }

  private static int run(List<String> command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }
}
