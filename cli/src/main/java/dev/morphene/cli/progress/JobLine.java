package dev.morphene.cli.progress;

import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.view.JobView;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One job as a line of text: stage, step of total, speed, losses, time left, memory. */
public final class JobLine {
  private static final int BAR_CELLS = 20;
  private static final boolean BLOCKS = terminalCharset().newEncoder().canEncode('█');
  private static final List<String> SHOWN_MEASURES =
      List.of(
          "loss", "fullband", "full_band", "multiband", "multi_band", "distance", "adversarial");

  private JobLine() {}

  /** What standard output is written in; plain ASCII in the C locale. */
  private static Charset terminalCharset() {
    try {
      return Charset.forName(
          System.getProperty("sun.stdout.encoding", System.getProperty("native.encoding")));
    } catch (IllegalArgumentException unknown) {
      return StandardCharsets.US_ASCII;
    }
  }

  public static String of(JobView job) {
    String head =
        String.format(Locale.ROOT, "%3s  %-18s %-9s", job.id(), job.name(), job.state().shownAs());
    if (job.state() == JobState.RUNNING && job.progress().isPresent()) {
      return head + " " + progress(job.progress().get());
    }
    if (job.error().isPresent() && job.state() != JobState.COMPLETED) {
      return head + " " + job.error().get().message();
    }
    return head.stripTrailing();
  }

  private static String progress(JobView.Progress progress) {
    List<String> parts = new ArrayList<>();
    parts.add(bar(progress.step(), progress.totalSteps()));
    parts.add(
        String.format(
            Locale.ROOT, "%s %,d/%,d", progress.stage(), progress.step(), progress.totalSteps()));
    progress
        .stepsPerSecond()
        .ifPresent(speed -> parts.add(String.format(Locale.ROOT, "%.1f/s", speed)));
    parts.addAll(measures(progress.measures()));
    progress
        .remainingMillis()
        .ifPresent(millis -> parts.add("ETA " + clock(Duration.ofMillis(millis))));
    parts.add(progress.memory().toString());
    return String.join("  ", parts);
  }

  private static List<String> measures(Map<String, Double> measures) {
    return measures.entrySet().stream()
        .filter(entry -> SHOWN_MEASURES.stream().anyMatch(entry.getKey()::startsWith))
        .sorted(Map.Entry.comparingByKey())
        .limit(3)
        .map(entry -> String.format(Locale.ROOT, "%s %.3f", entry.getKey(), entry.getValue()))
        .toList();
  }

  private static String bar(long step, long total) {
    int full = (int) Math.max(0, Math.min(BAR_CELLS, step * BAR_CELLS / Math.max(1, total)));
    return BLOCKS
        ? "█".repeat(full) + "░".repeat(BAR_CELLS - full)
        : "#".repeat(full) + ".".repeat(BAR_CELLS - full);
  }

  static String clock(Duration time) {
    return time.toHours() > 0
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }
}
