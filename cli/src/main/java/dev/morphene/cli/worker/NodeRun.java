package dev.morphene.cli.worker;

import dev.morphene.agent.NodeAgent;
import dev.morphene.agent.NodeEnd;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import java.util.concurrent.ExecutionException;

/**
 * A node in the foreground: until it is drained, by an operator, by the cloud, or by SIGTERM and
 * Ctrl-C, which mean the same. A node that has given everything back ends with exit code 0.
 */
final class NodeRun {
  private NodeRun() {}

  /**
   * @return the exit code
   */
  static int untilItEnds(NodeAgent agent) throws InterruptedException {
    Thread drainOnSignal =
        new Thread(
            () -> {
              System.err.println("Draining: running jobs write a checkpoint and go back.");
              agent.close();
              // The signal would be the exit code otherwise, and a drained node has not failed.
              Runtime.getRuntime().halt(ExitCode.OK);
            },
            "drain-on-signal");
    Runtime.getRuntime().addShutdownHook(drainOnSignal);
    NodeEnd end;
    try {
      end = agent.ended().get();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
    try {
      Runtime.getRuntime().removeShutdownHook(drainOnSignal);
    } catch (IllegalStateException signalled) {
      drainOnSignal.join();
    }
    agent.close();
    if (end instanceof NodeEnd.Refused refused) {
      throw new CommandFailure(ExitCode.REFUSED, refused.message());
    }
    if (end instanceof NodeEnd.Superseded) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "A newer process has joined under this node's name; give each its own with --name.");
    }
    System.out.println("The node is drained: " + ((NodeEnd.Drained) end).why() + ".");
    return ExitCode.OK;
  }
}
