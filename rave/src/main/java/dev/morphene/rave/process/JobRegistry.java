package dev.morphene.rave.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** Which runner does which kind of job, and what its request looks like. */
public final class JobRegistry {
  private final Map<JobKind, Entry<?>> entries = new EnumMap<>(JobKind.class);

  /**
   * Adds a kind. The runner is only made when the process was started for it, so that a job loads
   * no native library but its own.
   */
  public <R> JobRegistry register(
      JobKind kind, Class<R> requestType, Supplier<? extends JobRunner<R>> runner) {
    entries.put(kind, new Entry<>(requestType, runner));
    return this;
  }

  Entry<?> entry(JobKind kind) {
    Entry<?> entry = entries.get(kind);
    if (entry == null) {
      throw new JobFailure(
          FailureClass.BAD_INPUT, "This build cannot do " + kind.word() + " jobs.");
    }
    return entry;
  }

  /** A request type with its runner. */
  record Entry<R>(Class<R> requestType, Supplier<? extends JobRunner<R>> runner) {

    /** Runs the job after the hello line was written through {@code hello}. */
    JsonNode run(JsonNode request, Hello hello, ProcessReporter reporter, StopSignal signal)
        throws Exception {
      R typed;
      try {
        typed = ProcessJson.mapper().treeToValue(request, requestType);
      } catch (JsonProcessingException e) {
        throw new JobFailure(
            FailureClass.BAD_INPUT,
            "The request file is no "
                + requestType.getSimpleName()
                + ": "
                + e.getOriginalMessage()
                + ".",
            e);
      }
      JobRunner<R> job = runner.get();
      hello.write(job.device(typed), job.recipe(typed));
      return job.run(typed, reporter, signal);
    }
  }

  /** Writes the hello line. */
  interface Hello {
    void write(String device, Map<String, String> recipe);
  }
}
