package dev.morphene.cli.worker;

import dev.morphene.agent.NodeAgent;
import dev.morphene.agent.NodeAgentConfig;
import dev.morphene.agent.child.ChildLauncher;
import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.job.WorkerId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Flags of every node. */
final class NodeOptions {
  @Option(
      names = "--name",
      paramLabel = "ID",
      description = "Name of the node, unique in the cluster; default: host name and role.")
  private String name;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "Folder for the requests and logs of running jobs; default: a temporary one.")
  private Path workFolder;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that each job computes with; default: every core.")
  private int threads;

  @Option(
      names = "--drain-seconds",
      paramLabel = "S",
      description =
          "How long a running job may take to write its checkpoint when the node leaves; default"
              + " 30.")
  private int drainSeconds = 30;

  @Option(
      names = "--spot-notice",
      paramLabel = "COMMAND",
      description =
          "Run every 5 s by sh; exit code 0 means that the machine is about to be taken away, and"
              + " the node drains.")
  private String spotNotice;

  /** Runs a node until it is drained; gives the exit code. */
  int runUntilItEnds(NodeAgent agent) throws InterruptedException {
    if (spotNotice == null) {
      return NodeRun.untilItEnds(agent);
    }
    try (SpotNotice notice = new SpotNotice(spotNotice, agent)) {
      return NodeRun.untilItEnds(agent);
    }
  }

  /**
   * @param role ends the default name
   */
  NodeAgentConfig agentConfig(String role) {
    String host = hostName();
    String id = name == null ? host + "-" + role : name;
    try {
      return NodeAgentConfig.withDefaults(new WorkerId(id), host)
          .withStopPatience(Duration.ofSeconds(drainSeconds))
          .withJoinToken(
              Optional.ofNullable(System.getenv("MORPHENE_JOIN_TOKEN"))
                  .filter(token -> !token.isBlank()));
    } catch (IllegalArgumentException cause) {
      throw new CommandFailure(
          ExitCode.USAGE, cause.getMessage() + " Give another with --name.", cause);
    }
  }

  ChildLauncher launcher() {
    if (threads < 0) {
      throw new CommandFailure(ExitCode.USAGE, "--threads is 1 or more, not " + threads + ".");
    }
    try {
      Path folder =
          workFolder == null
              ? Files.createTempDirectory("morphene-work")
              : Files.createDirectories(workFolder);
      return new ChildLauncher(
          ChildLauncher.Settings.likeThisJvm(folder.toAbsolutePath(), effectiveThreads()));
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The work folder cannot be made (" + cause.getMessage() + "); give another with --work.",
          cause);
    }
  }

  int effectiveThreads() {
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }
}
