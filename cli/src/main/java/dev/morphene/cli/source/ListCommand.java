package dev.morphene.cli.source;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.protocol.source.SourceView;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene sources list}. */
@Command(
    name = "list",
    description = "Lists sources, of all instruments or of one.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene sources list --instrument 10"})
final class ListCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;
  @Mixin private InstrumentFilter filter;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    OptionalInt instrument = filter.number();
    try (CoordinatorSession session = coordinator.open()) {
      List<SourceView> sources = session.client().sources().list(instrument);
      if (json) {
        JsonOutput.print(System.out, Map.of("sources", sources));
      } else {
        SourceReport.printTable(System.out, sources);
      }
    }
    return ExitCode.OK;
  }
}
