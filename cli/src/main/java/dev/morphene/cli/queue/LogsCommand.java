package dev.morphene.cli.queue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.cli.output.JsonOutput;
import dev.morphene.client.QueueClient;
import dev.morphene.protocol.job.JobId;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code morphene queue logs ID}. */
@Command(
    name = "logs",
    description = "Prints what a job's attempts said and what happened to them.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue logs 2 --follow"})
final class LogsCommand implements Callable<Integer> {
  private static final long ASK_AGAIN_SECONDS = 1;

  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "ID", description = "Number of the job.")
  private long id;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on until the job has ended.")
  private boolean follow;

  @Option(names = "--json", description = "Print the lines as JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    JobId job = JobNumber.parse(id);
    if (follow && json) {
      throw new CommandFailure(
          ExitCode.USAGE, "--follow has no end that JSON could have; leave one of both away.");
    }
    if (follow) {
      follow(coordinator.connect().queue(), job);
      return ExitCode.OK;
    }
    try (CoordinatorSession session = coordinator.open()) {
      JobLog log = new JobLog(session.client().queue(), job);
      if (json) {
        JsonOutput.print(System.out, log.next());
      } else {
        log.print(System.out);
      }
    }
    return ExitCode.OK;
  }

  private static void follow(QueueClient queue, JobId job) throws InterruptedException {
    JobLog log = new JobLog(queue, job);
    while (true) {
      // Asked before the lines, so that the last of them are printed too.
      boolean ended = queue.job(job).state().isEnd();
      log.next().forEach(line -> System.out.println(JobReport.logLine(line)));
      if (ended) {
        return;
      }
      TimeUnit.SECONDS.sleep(ASK_AGAIN_SECONDS);
    }
  }
}
