package dev.morphene.cli.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.catalogue.CatalogueWords;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Style;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.view.JobView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code morphene queue list}. */
@Command(
    name = "list",
    description = "Lists jobs: where each runs, the most memory it held, how far it is.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue list --status running"})
final class ListCommand implements Callable<Integer> {
  /** The most that the API answers at once. */
  private static final int LIMIT = 1_000;

  @Mixin private CoordinatorAddress coordinator;

  @Option(
      names = "--status",
      paramLabel = "S",
      description =
          "Only jobs that are pending, running, completed, failed, cancelled or retrying.")
  private String status;

  @Option(
      names = {"-i", "--instrument"},
      paramLabel = "N",
      description = "Only jobs of this instrument, by number or name.")
  private String instrumentName;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    Optional<String> state = Optional.ofNullable(status).map(ShownState::parse);
    Optional<Instrument> instrument =
        Optional.ofNullable(instrumentName).map(CatalogueWords::instrument);
    try (CoordinatorSession session = coordinator.open()) {
      if (json) {
        JsonOutput.print(System.out, tree(session.client(), state, instrument));
      } else {
        print(session.client().queue().jobs(state), instrument);
      }
    }
    return ExitCode.OK;
  }

  private static void print(List<JobView> all, Optional<Instrument> instrument) {
    List<JobView> jobs =
        all.stream()
            .filter(
                job ->
                    instrument.isEmpty()
                        || job.instrument()
                            .map(Instrument::number)
                            .equals(instrument.map(Instrument::number)))
            .toList();
    JobReport.table(jobs, Style.ofThisProcess()).print(System.out, "No jobs.");
    if (all.size() >= LIMIT) {
      System.out.println("Only the first " + LIMIT + " are looked at; ask for one --status.");
    }
  }

  private static JsonNode tree(
      MorpheneClient api, Optional<String> state, Optional<Instrument> instrument) {
    JsonNode answer =
        api.tree("/api/v1/jobs?limit=" + LIMIT + state.map(word -> "&state=" + word).orElse(""));
    if (instrument.isEmpty()) {
      return answer;
    }
    ObjectNode filtered = ProtocolJson.mapper().createObjectNode();
    ArrayNode jobs = filtered.putArray("jobs");
    for (JsonNode job : answer.path("jobs")) {
      if (job.path("instrument").path("number").asInt() == instrument.get().number()) {
        jobs.add(job);
      }
    }
    return filtered;
  }
}
