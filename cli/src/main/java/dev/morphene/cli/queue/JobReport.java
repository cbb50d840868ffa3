package dev.morphene.cli.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.view.JobView;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** Jobs as text for people, or as the API's JSON for programs. */
final class JobReport {
  private static final String ROW = "%5s  %-12s %-12s %-10s %-12s %9s  %9s  %7s%n";

  private JobReport() {}

  static void printJson(PrintStream out, Object view) {
    try {
      out.println(
          ProtocolJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(view));
    } catch (JsonProcessingException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  static void printTable(PrintStream out, List<JobView> jobs) {
    if (jobs.isEmpty()) {
      out.println("No jobs.");
      return;
    }
    out.printf(
        Locale.ROOT, ROW, "ID", "JOB", "INSTRUMENT", "STATUS", "GPU", "MEMORY", "PROGRESS", "RETRIES");
    for (JobView job : jobs) {
      out.printf(
          Locale.ROOT,
          ROW,
          job.id(),
          job.name(),
          job.instrument().isPresent() ? job.instrument().getAsInt() : "-",
          job.shownState(),
          job.gpu().map(Object::toString).orElse("-"),
          job.memory().map(memory -> memory.max().toString()).orElse("-"),
          progress(job),
          job.retries());
    }
  }

  static void printDetail(PrintStream out, JobView.Detail detail) {
    JobView job = detail.job();
    field(out, "job", job.id() + ", " + job.name() + " (" + job.kind().word() + ")");
    field(out, "batch", job.batch().toString());
    field(out, "status", job.shownState() + (job.cancelRequested() ? ", being cancelled" : ""));
    field(out, "progress", progress(job));
    job.memory()
        .ifPresent(
            memory ->
                field(
                    out,
                    "memory",
                    "min " + memory.min() + ", average " + memory.average() + ", max " + memory.max()));
    job.error()
        .ifPresent(
            error -> {
              field(out, "error", error.message());
              error.evidence().forEach(line -> field(out, "", line));
              field(out, "fix", error.suggestedFix());
            });
    for (JobView.Attempt attempt : detail.attempts()) {
      field(
          out,
          "attempt " + attempt.number(),
          attempt.outcome() + " on " + attempt.worker() + ", started " + attempt.startedAt());
    }
    for (JobView.Validation validation : detail.validations()) {
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
    for (JobView.Checkpoint checkpoint : detail.checkpoints()) {
      field(out, "checkpoint", "step " + checkpoint.step() + ", " + checkpoint.path());
    }
    detail.warnings().forEach(warning -> field(out, "warning", warning));
  }

  private static void field(PrintStream out, String name, String value) {
    out.printf(Locale.ROOT, "%-11s %s%n", name, value);
  }

  private static String progress(JobView job) {
    return job.progress()
        .map(
            progress ->
                String.format(
                    Locale.ROOT,
                    "%.0f %%",
                    100.0 * progress.step() / Math.max(1, progress.totalSteps())))
        .orElse("-");
  }
}
