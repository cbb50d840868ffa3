package dev.morphene.cli.batch;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.job.BatchId;

/** A batch's id as an operator types it. */
final class BatchName {
  private BatchName() {}

  static BatchId parse(String typed) {
    try {
      return BatchId.parse(typed);
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(
          ExitCode.USAGE, cause.getMessage() + " morphene batch list shows them.", cause);
    }
  }
}
