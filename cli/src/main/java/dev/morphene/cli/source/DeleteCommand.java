package dev.morphene.cli.source;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.client.SourceClient;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceView;
import java.io.Console;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene sources delete ID}. */
@Command(
    name = "delete",
    description = "Deletes the record of a source and of its reference clips; the files stay.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene sources delete 7 --yes"})
final class DeleteCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the source.")
  private String id;

  @Option(names = "--yes", description = "Do not ask on the terminal.")
  private boolean sure;

  @Override
  public Integer call() {
    SourceId source = FlagValue.id(id);
    try (CoordinatorSession session = coordinator.open()) {
      SourceClient sources = session.client().sources();
      SourceView view = sources.show(source);
      if (!sure && !agrees(view)) {
        System.out.println("Nothing was deleted.");
        return ExitCode.OK;
      }
      sources.delete(source);
      System.out.println(SourceReport.sentence("deleted", view));
    }
    return ExitCode.OK;
  }

  /** Without a terminal nobody can be asked, and a script means what it says. */
  private static boolean agrees(SourceView view) {
    Console console = System.console();
    if (console == null) {
      return true;
    }
    String answer =
        console.readLine(
            "Delete source %s, %s, and its %d reference clips? The files stay. [y/N] ",
            view.id(), SourceReport.label(view.source()), view.references().size());
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }
}
