package dev.morphene.cli;

import dev.morphene.cli.demo.DemoCommand;
import dev.morphene.cli.engine.ExportCommand;
import dev.morphene.cli.local.UpCommand;
import dev.morphene.cli.queue.QueueCommand;
import dev.morphene.cli.worker.AuditWorkerCommand;
import dev.morphene.cli.worker.CoordinatorCommand;
import dev.morphene.cli.worker.GpuWorkerCommand;
import dev.morphene.cli.worker.NodesCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code morphene} command. */
@Command(
    name = "morphene",
    description = "Makes neural audio instruments on a pool of GPU machines, or on this one.",
    mixinStandardHelpOptions = true,
    version = "morphene 0.1.0",
    footerHeading = "%nExamples:%n",
    footer = {
      "  morphene demo                 make an instrument from the bundled audio",
      "  morphene up                   start a local cluster and stay",
      "  morphene queue list           what is queued, running and done"
    },
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      QueueCommand.class,
      ExportCommand.class,
      NodesCommand.class,
      CoordinatorCommand.class,
      GpuWorkerCommand.class,
      AuditWorkerCommand.class
    })
public final class Morphene {

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs a command line and gives the exit code; failures are one sentence on standard error. */
  static int run(String... arguments) {
    CommandLine commandLine = new CommandLine(new Morphene());
    commandLine.setExecutionExceptionHandler(
        (failure, command, result) -> {
          if (failure instanceof CommandFailure expected) {
            command.getErr().println("morphene: " + expected.getMessage());
            return expected.exitCode();
          }
          command
              .getErr()
              .println(
                  "morphene: unexpected "
                      + failure
                      + "; the stack is in the log. This is a fault of the program.");
          org.slf4j.LoggerFactory.getLogger(Morphene.class).error("Unexpected failure.", failure);
          return ExitCode.FAILED;
        });
    commandLine.setExecutionStrategy(
        result -> {
          boolean noSubcommand = !result.hasSubcommand() && !result.isUsageHelpRequested();
          if (noSubcommand && !result.isVersionHelpRequested()) {
            result.commandSpec().commandLine().usage(System.out);
            return ExitCode.USAGE;
          }
          return new CommandLine.RunLast().execute(result);
        });
    return commandLine.execute(arguments);
  }
}
