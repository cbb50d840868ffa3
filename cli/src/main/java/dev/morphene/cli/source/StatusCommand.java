package dev.morphene.cli.source;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.catalogue.CatalogueWords;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Style;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.source.Readiness;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene sources status N}. */
@Command(
    name = "status",
    description =
        "Hours collected of 1.5 for each type, and whether the instrument may be trained.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene sources status 10"})
final class StatusCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(
      paramLabel = "N",
      description = "Instrument: its number, its name or the beginning of its name.")
  private String instrument;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Instrument asked = CatalogueWords.instrument(instrument);
    try (CoordinatorSession session = coordinator.open()) {
      Readiness readiness = session.client().sources().readiness(asked.number());
      if (json) {
        JsonOutput.print(System.out, ReadinessReport.tree(readiness));
      } else {
        ReadinessReport.print(System.out, Style.ofThisProcess(), readiness);
      }
    }
    return ExitCode.OK;
  }
}
