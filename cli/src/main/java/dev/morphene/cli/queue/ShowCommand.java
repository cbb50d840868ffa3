package dev.morphene.cli.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.cli.output.Style;
import dev.morphene.client.MorpheneClient;
import dev.morphene.protocol.job.JobId;
import dev.morphene.protocol.json.ProtocolJson;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene queue show ID}. */
@Command(
    name = "show",
    description = "Shows one job: its memory, its attempts, its checkpoints, why it failed.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue show 2 --logs"})
final class ShowCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the job.")
  private long id;

  @Option(names = "--logs", description = "Show also what its attempts said.")
  private boolean logs;

  @Option(names = "--json", description = "Print what the API answers.")
  private boolean json;

  @Override
  public Integer call() {
    JobId job = JobNumber.parse(id);
    try (CoordinatorSession session = coordinator.open()) {
      MorpheneClient api = session.client();
      if (json) {
        JsonOutput.print(System.out, tree(api, job));
      } else {
        JobReport.printJob(
            System.out, api.queue().job(job), api.queue().history(job), Style.ofThisProcess());
        if (logs) {
          System.out.println();
          new JobLog(api.queue(), job).print(System.out);
        }
      }
    }
    return ExitCode.OK;
  }

  private JsonNode tree(MorpheneClient api, JobId job) {
    JsonNode answer = api.tree("/api/v1/jobs/" + job);
    if (logs && answer instanceof ObjectNode fields) {
      fields.set("log", ProtocolJson.mapper().valueToTree(new JobLog(api.queue(), job).next()));
    }
    return answer;
  }
}
