package dev.morphene.trials.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Processor time of this process and of all it started that still run, by program.
 *
 * @param byProgram since each began; this process goes by the name of {@code sender}
 */
record ProcessorTime(Map<String, Duration> byProgram) {
  static ProcessorTime now() {
    Map<String, Duration> times = new TreeMap<>();
    add(times, "sender", ProcessHandle.current());
    try (Stream<ProcessHandle> all = ProcessHandle.current().descendants()) {
      all.forEach(process -> add(times, program(process), process));
    }
    return new ProcessorTime(times);
  }

  private static String program(ProcessHandle process) {
    return switch (process
        .info()
        .command()
        .map(command -> Path.of(command).getFileName().toString())
        .orElse("other")) {
      case "java" -> "coordinator";
      case "beam.smp" -> "broker";
      case "postgres" -> "database";
      default -> "other";
    };
  }

  private static void add(Map<String, Duration> times, String program, ProcessHandle process) {
    process.info().totalCpuDuration().ifPresent(time -> times.merge(program, time, Duration::plus));
  }

  /**
   * Seconds of processor time.
   *
   * @param divisor elapsed seconds, for how many cores were busy; or an amount of work
   */
  String since(ProcessorTime before, double divisor) {
    StringBuilder text = new StringBuilder();
    double sum = 0;
    for (Map.Entry<String, Duration> entry : byProgram.entrySet()) {
      Duration earlier = before.byProgram.getOrDefault(entry.getKey(), Duration.ZERO);
      double used = entry.getValue().minus(earlier).toMillis() / 1e3 / divisor;
      sum += used;
      text.append(String.format(Locale.ROOT, "%s %.2f, ", entry.getKey(), used));
    }
    return text + String.format(Locale.ROOT, "together %.2f", sum);
  }
}
