package dev.morphene.cli.queue;

import dev.morphene.cli.output.Style;
import dev.morphene.cli.output.Table;
import dev.morphene.cli.output.WallTime;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.view.JobHistory;
import dev.morphene.protocol.view.JobView;
import dev.morphene.protocol.view.LogLine;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Jobs as text for people. */
public final class JobReport {
  private JobReport() {}

  /** The columns of the guide, and what each job is called in its batch. */
  public static Table table(List<JobView> jobs, Style style) {
    Table table =
        new Table(
            "ID", "INSTRUMENT", "STATUS", "GPU", "MEMORY (PEAK)", "PROGRESS", "RETRIES", "JOB");
    for (JobView job : jobs) {
      table.row(
          job.id(),
          job.instrument().map(Instrument::name).orElse(null),
          status(job, style),
          job.gpu().orElse(null),
          job.peakMemoryBytes().orElse(null),
          progress(job),
          Math.max(0, job.attempt() - 1),
          job.name());
    }
    return table;
  }

  static String status(JobView job, Style style) {
    String word = job.state().shownAs();
    if (job.paused() && !job.state().isEnd()) {
      return style.quiet(word + ", paused");
    }
    return switch (job.state()) {
      case COMPLETED -> style.good(word);
      case FAILED -> style.bad(word);
      case RUNNING, RETRYING -> style.busy(word);
      case CANCELLED -> style.quiet(word);
      case PENDING, QUEUED -> word;
    };
  }

  static void printJob(PrintStream out, JobView job, JobHistory history, Style style) {
    field(out, "job", job.id() + ", " + job.name() + " (" + job.kind().word() + ")");
    job.instrument()
        .ifPresent(
            instrument -> field(out, "instrument", instrument.number() + ", " + instrument.name()));
    field(out, "batch", job.batch().toString());
    field(
        out,
        "status",
        status(job, style)
            + (job.cancelRequested() && !job.state().isEnd() ? ", being cancelled" : ""));
    field(out, "priority", Integer.toString(job.priority()));
    job.gpu()
        .ifPresent(
            gpu ->
                field(
                    out, "GPU", gpu + job.worker().map(worker -> " of node " + worker).orElse("")));
    if (!job.waitsFor().isEmpty()) {
      field(out, "waits for", "jobs " + job.waitsFor());
    }
    field(out, "progress", progressInFull(job));
    field(out, "memory", memory(history));
    field(
        out,
        "retries",
        Math.max(0, job.attempt() - 1)
            + ", "
            + history.failures()
            + " of "
            + history.retryBudget()
            + " allowed failures");
    field(out, "added", WallTime.second(job.createdAt()));
    job.startedAt().ifPresent(at -> field(out, "started", WallTime.second(at)));
    job.endedAt().ifPresent(at -> field(out, "ended", WallTime.second(at)));
    job.error()
        .ifPresent(
            error -> {
              field(out, "error", style.bad(error.message()));
              error.evidence().forEach(line -> field(out, "", line));
              field(out, "fix", error.suggestedFix());
            });
    for (JobHistory.Attempt attempt : history.attempts()) {
      field(
          out,
          "attempt " + attempt.number(),
          attempt.outcome()
              + " on "
              + attempt.worker()
              + ", granted "
              + WallTime.second(attempt.grantedAt())
              + attempt.errorMessage().map(message -> ": " + message).orElse(""));
    }
    for (JobHistory.Validation validation : history.validations()) {
      field(
          out,
          "validation",
          String.format(
              Locale.ROOT,
              "step %,d, phase %d, distance %.4f",
              validation.step(),
              validation.phase(),
              validation.distance()));
    }
    for (JobHistory.Checkpoint checkpoint : history.checkpoints()) {
      field(out, "checkpoint", "step " + checkpoint.step() + ", " + checkpoint.path());
    }
    history.warnings().forEach(warning -> field(out, "warning", warning.message()));
  }

  private static String memory(JobHistory history) {
    return history
        .memory()
        .map(
            memory ->
                "min "
                    + memory.minBytes()
                    + ", max "
                    + memory.maxBytes()
                    + ", average "
                    + memory.meanBytes())
        .orElse("not measured yet");
  }

  private static void field(PrintStream out, String name, String value) {
    out.printf(Locale.ROOT, "%-11s %s%n", name, value);
  }

  /** One line of a job's log. */
  static String logLine(LogLine line) {
    return WallTime.second(line.at()) + "  attempt " + line.attempt() + "  " + line.text();
  }

  private static String progress(JobView job) {
    return job.progress()
        .map(
            progress ->
                String.format(
                    Locale.ROOT,
                    "%.0f %%",
                    100.0 * progress.step() / Math.max(1, progress.totalSteps())))
        .orElse(null);
  }

  private static String progressInFull(JobView job) {
    return job.progress()
        .map(
            progress ->
                String.format(
                    Locale.ROOT,
                    "%s, %s %,d of %,d",
                    progress(job),
                    progress.stage(),
                    progress.step(),
                    progress.totalSteps()))
        .orElse("none yet");
  }
}
