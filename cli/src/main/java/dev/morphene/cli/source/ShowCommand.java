package dev.morphene.cli.source;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.protocol.source.SourceId;
import dev.morphene.protocol.source.SourceView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene sources show ID}. */
@Command(
    name = "show",
    description = "Shows one source with its files and reference clips.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene sources show 7"})
final class ShowCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the source.")
  private String id;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    SourceId source = FlagValue.id(id);
    try (CoordinatorSession session = coordinator.open()) {
      SourceView view = session.client().sources().show(source);
      if (json) {
        JsonOutput.print(System.out, view);
      } else {
        SourceReport.printSource(System.out, view);
      }
    }
    return ExitCode.OK;
  }
}
