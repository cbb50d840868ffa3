package dev.morphene.cli.queue;

import dev.morphene.cli.output.Glyphs;
import dev.morphene.cli.output.Plot;
import dev.morphene.cli.output.WallTime;
import dev.morphene.protocol.view.MemoryView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The memory of a job, drawn. */
final class MemoryReport {
  private static final int COLUMNS = 64;
  private static final int ROWS = 8;

  private MemoryReport() {}

  static List<String> lines(MemoryView memory, Glyphs glyphs) {
    if (memory.samples() == 0) {
      return List.of("Nothing was measured yet.");
    }
    List<String> lines =
        new ArrayList<>(
            new Plot(glyphs, COLUMNS, ROWS)
                .lines(
                    memory.points().stream().map(point -> point.maxBytes().gb()).toList(), "GB"));
    if (!memory.points().isEmpty()) {
      lines.add(axis(memory.points()));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "peak %.1f GB, average %.1f GB, least %.1f GB of %,d samples",
            memory.peakGb(),
            memory.averageGb(),
            memory.minBytes().gb(),
            memory.samples()));
    return lines;
  }

  private static String axis(List<MemoryView.Point> points) {
    Instant first = points.get(0).at();
    Instant last = points.get(points.size() - 1).at();
    return " ".repeat(10)
        + WallTime.second(first)
        + ", "
        + WallTime.span(Duration.between(first, last));
  }
}
