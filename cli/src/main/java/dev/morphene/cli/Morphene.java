package dev.morphene.cli;

import dev.morphene.cli.batch.BatchCommand;
import dev.morphene.cli.catalogue.InstrumentsCommand;
import dev.morphene.cli.demo.DemoCommand;
import dev.morphene.cli.engine.AuditCommand;
import dev.morphene.cli.engine.ExportCommand;
import dev.morphene.cli.engine.ImportCommand;
import dev.morphene.cli.engine.PreprocessCommand;
import dev.morphene.cli.engine.TrainCommand;
import dev.morphene.cli.local.LogFile;
import dev.morphene.cli.local.UpCommand;
import dev.morphene.cli.project.SetupCommand;
import dev.morphene.cli.queue.QueueCommand;
import dev.morphene.cli.source.SourcesCommand;
import dev.morphene.cli.worker.AuditWorkerCommand;
import dev.morphene.cli.worker.CoordinatorCommand;
import dev.morphene.cli.worker.GpuWorkerCommand;
import dev.morphene.cli.worker.NodesCommand;
import dev.morphene.client.ClientFailure;
import java.io.PrintWriter;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code morphene} command. */
@Command(
    name = Morphene.NAME,
    description = "Makes neural audio instruments on a pool of GPU machines, or on this one.",
    mixinStandardHelpOptions = true,
    version = "morphene 0.1.0",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:tried and failed",
      "2:the command line is off",
      "3:what was named does not exist",
      "4:refused, nothing was changed",
      "5:no coordinator answers"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  morphene demo                 make an instrument from the bundled audio",
      "  morphene up                   start a local cluster and stay",
      "  morphene queue start          work the queue off, here, and end",
      "  morphene queue list           what is queued, running and done"
    })
public final class Morphene {
  static final String NAME = "morphene";

  /** In the order of the help. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          UpCommand.class,
          InstrumentsCommand.class,
          SetupCommand.class,
          SourcesCommand.class,
          PreprocessCommand.class,
          TrainCommand.class,
          QueueCommand.class,
          BatchCommand.class,
          NodesCommand.class,
          AuditCommand.class,
          ExportCommand.class,
          ImportCommand.class,
          CoordinatorCommand.class,
          GpuWorkerCommand.class,
          AuditWorkerCommand.class,
          CompletionCommand.class);

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** Runs a command line and gives the exit code; failures are one sentence on standard error. */
  static int run(String... arguments) {
    CommandLine commandLine = commandLine(arguments);
    try {
      return commandLine.execute(arguments);
    } catch (RuntimeException | Error failure) {
      return unexpected(failure, commandLine.getErr());
    }
  }

  /** The whole command, ready to run. */
  static CommandLine commandLine() {
    return withCommands(COMMANDS);
  }

  /** With the command alone that is asked for: building all of them would double the start. */
  private static CommandLine commandLine(String[] arguments) {
    return COMMANDS.stream()
        .filter(command -> arguments.length > 0 && name(command).equals(arguments[0]))
        .findFirst()
        .map(asked -> withCommands(List.of(asked)))
        .orElseGet(Morphene::commandLine);
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  private static CommandLine withCommands(List<Class<?>> commands) {
    CommandLine commandLine = new CommandLine(new Morphene());
    commands.forEach(command -> commandLine.addSubcommand(command));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    tellVersion(commandLine, commandLine.getCommandSpec().version());
    commandLine.setParameterExceptionHandler(
        (problem, arguments) -> {
          print(problem.getCommandLine().getErr(), UsageSentence.of(problem));
          return ExitCode.USAGE;
        });
    commandLine.setExecutionExceptionHandler(
        (failure, command, result) -> {
          PrintWriter err = command.getErr();
          if (failure instanceof CommandFailure expected) {
            print(err, expected.getMessage());
            return expected.exitCode();
          }
          if (failure instanceof ClientFailure refused) {
            print(err, refused.getMessage());
            return ExitCode.of(refused.reason());
          }
          return unexpected(failure, err);
        });
    return commandLine;
  }

  /** Every command answers {@code --version} alike. */
  private static void tellVersion(CommandLine commandLine, String[] version) {
    commandLine.getCommandSpec().version(version);
    commandLine.getSubcommands().values().forEach(below -> tellVersion(below, version));
  }

  private static int unexpected(Throwable failure, PrintWriter err) {
    print(
        err,
        "unexpected "
            + failure
            + "; this is a fault of the program, the stack is in "
            + LogFile.path()
            + ".");
    LoggerFactory.getLogger(Morphene.class).error("Unexpected failure.", failure);
    return ExitCode.FAILED;
  }

  /** One line, whatever the sentence was made of. */
  private static void print(PrintWriter err, String sentence) {
    String line = sentence.strip().replaceAll("\\s*\\R\\s*", " ");
    err.println(line.startsWith(NAME + " ") ? line : NAME + ": " + line);
    err.flush();
  }
}
