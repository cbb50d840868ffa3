package dev.morphene.rave.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Does one kind of job inside a child process.
 *
 * @param <R> the request, read from the request file
 */
public interface JobRunner<R> {

  /**
   * What decides the memory the job needs, for the hello line. Must not touch anything but the
   * request.
   */
  default Map<String, String> recipe(R request) {
    return Map.of();
  }

  /** Where the work is computed: {@code cpu} or {@code cuda:N}. */
  default String device(R request) {
    return "cpu";
  }

  /**
   * Does the job; called once, on the process's main thread.
   *
   * @return the kind's result object, for the done line
   * @throws JobFailure when the failure's class is known
   * @throws JobStopped when the job obeyed a stop command
   * @throws Exception anything else; {@link FailureTable} gives it a class
   */
  JsonNode run(R request, ProcessReporter reporter, StopSignal signal) throws Exception;
}
