package dev.morphene.cli.progress;

import dev.morphene.cli.output.Glyphs;
import dev.morphene.protocol.job.JobState;
import dev.morphene.protocol.view.JobView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One job as a line of text: stage, step of total, speed, losses, time left, memory. */
public final class JobLine {
  private static final int BAR_CELLS = 20;
  private static final Glyphs GLYPHS = Glyphs.ofThisProcess();
  private static final List<String> SHOWN_MEASURES =
      List.of(
          "loss", "fullband", "full_band", "multiband", "multi_band", "distance", "adversarial");

  private JobLine() {}

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
    parts.add(GLYPHS.bar((double) progress.step() / Math.max(1, progress.totalSteps()), BAR_CELLS));
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

  /** How far {@code step} is on the way to {@code total}. */
  public static String bar(long step, long total) {
    return GLYPHS.bar((double) step / Math.max(1, total), BAR_CELLS);
  }

  public static String clock(Duration time) {
    return time.toHours() > 0
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
  }
}
