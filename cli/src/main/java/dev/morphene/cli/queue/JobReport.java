package dev.morphene.cli.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.view.JobHistory;
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
      out.println(ProtocolJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(view));
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
        Locale.ROOT,
        ROW,
        "ID",
        "JOB",
        "INSTRUMENT",
        "STATUS",
        "GPU",
        "MEMORY",
        "PROGRESS",
        "ATTEMPT");
    for (JobView job : jobs) {
      out.printf(
          Locale.ROOT,
          ROW,
          job.id(),
          job.name(),
          job.instrument().map(Instrument::name).orElse("-"),
          job.state().shownAs(),
          job.gpu().map(Object::toString).orElse("-"),
          job.peakMemoryBytes().map(ByteSize::toString).orElse("-"),
          progress(job),
          job.attempt());
    }
  }

  static void printJob(PrintStream out, JobView job, JobHistory history) {
    field(out, "job", job.id() + ", " + job.name() + " (" + job.kind().word() + ")");
    job.instrument()
        .ifPresent(
            instrument -> field(out, "instrument", instrument.number() + ", " + instrument.name()));
    field(out, "batch", job.batch().toString());
    field(
        out, "status", job.state().shownAs() + (job.cancelRequested() ? ", being cancelled" : ""));
    if (!job.waitsFor().isEmpty()) {
      field(out, "waits for", job.waitsFor().toString());
    }
    field(out, "progress", progress(job));
    history
        .memory()
        .ifPresent(
            memory ->
                field(
                    out,
                    "memory",
                    "min "
                        + memory.minBytes()
                        + ", average "
                        + memory.meanBytes()
                        + ", max "
                        + memory.maxBytes()));
    job.error()
        .ifPresent(
            error -> {
              field(out, "error", error.message());
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
              + attempt.grantedAt()
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
