package dev.morphene.trials.bench;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Processor time of this process and everything it started, by what it is. A process that has ended
 * takes its time along, so both readings must see the same ones.
 */
record ProcessorTimes(Map<String, Duration> byName) {
  /**
   * @param ownNames of Java processes, by process id; the command lines are too long to be read
   */
  static ProcessorTimes now(Map<Long, String> ownNames) {
    ProcessHandle self = ProcessHandle.current();
    Map<String, Duration> times = new TreeMap<>();
    try (Stream<ProcessHandle> all = Stream.concat(Stream.of(self), self.descendants())) {
      all.forEach(
          process ->
              times.merge(
                  process.equals(self) ? "submitter" : name(process, ownNames),
                  process.info().totalCpuDuration().orElse(Duration.ZERO),
                  Duration::plus));
    }
    return new ProcessorTimes(times);
  }

  private static String name(ProcessHandle process, Map<Long, String> ownNames) {
    String own = ownNames.get(process.pid());
    if (own != null) {
      return own;
    }
    return process.info().command().orElse("").contains("postgres") ? "Postgres" : "RabbitMQ";
  }

  /** Processors kept busy since then, by name: 1.0 is one processor all the time. */
  String since(ProcessorTimes before, Duration wall) {
    return byName.entrySet().stream()
        .map(
            entry -> {
              Duration used =
                  entry.getValue().minus(before.byName.getOrDefault(entry.getKey(), Duration.ZERO));
              return String.format(
                  Locale.ROOT, "%s %.2f", entry.getKey(), used.toNanos() / (double) wall.toNanos());
            })
        .collect(Collectors.joining(", "));
  }
}
