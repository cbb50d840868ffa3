package dev.morphene.cli.worker;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.job.WorkerId;

/** A node's name as an operator types it. */
final class NodeName {
  private NodeName() {}

  static WorkerId parse(String typed) {
    try {
      return new WorkerId(typed);
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(ExitCode.USAGE, cause.getMessage(), cause);
    }
  }
}
