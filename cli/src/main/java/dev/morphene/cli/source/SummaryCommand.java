package dev.morphene.cli.source;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Style;
import dev.morphene.protocol.source.Readiness;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene sources summary}. */
@Command(
    name = "summary",
    description = "Hours collected for each of the 50 instruments.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene sources summary --json"})
final class SummaryCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    try (CoordinatorSession session = coordinator.open()) {
      List<Readiness> all = session.client().sources().summary();
      if (json) {
        JsonOutput.print(
            System.out, Map.of("instruments", all.stream().map(ReadinessReport::tree).toList()));
      } else {
        ReadinessReport.printSummary(System.out, Style.ofThisProcess(), all);
      }
    }
    return ExitCode.OK;
  }
}
