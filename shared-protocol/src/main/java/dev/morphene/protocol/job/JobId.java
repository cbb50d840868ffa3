package dev.morphene.protocol.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Number of a job, given by Postgres; 1 or more. Small on purpose: operators type it. */
public record JobId(@JsonValue long value) implements Comparable<JobId> {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public JobId {
    if (value < 1) {
      throw new IllegalArgumentException("A job id is 1 or more, not " + value + ".");
    }
  }

  @Override
  public int compareTo(JobId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
