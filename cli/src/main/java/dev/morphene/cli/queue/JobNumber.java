package dev.morphene.cli.queue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.job.JobId;

/** A job's number as an operator types it. */
final class JobNumber {
  private JobNumber() {}

  static JobId parse(long typed) {
    try {
      return new JobId(typed);
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(ExitCode.USAGE, cause.getMessage(), cause);
    }
  }
}
