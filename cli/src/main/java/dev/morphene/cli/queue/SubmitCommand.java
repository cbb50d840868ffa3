package dev.morphene.cli.queue;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.api.CoordinatorAddress;
import dev.morphene.cli.api.CoordinatorSession;
import dev.morphene.protocol.submission.SubmissionReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code morphene queue submit FILE}. */
@Command(
    name = "submit",
    description =
        "Submits a batch described in a JSON file (docs/submission.md). The same key twice is one"
            + " batch.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: morphene queue submit batch.json"})
final class SubmitCommand implements Callable<Integer> {
  @Mixin private CoordinatorAddress coordinator;

  @Parameters(paramLabel = "FILE", description = "The submission.")
  private Path file;

  @Override
  public Integer call() {
    byte[] json;
    try {
      json = Files.readAllBytes(file);
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, "The file " + file + " cannot be read; check its name.", cause);
    }
    try (CoordinatorSession session = coordinator.open()) {
      SubmissionReply.Accepted accepted = session.client().queue().submit(json);
      System.out.println(
          (accepted.alreadyKnown() ? "Already accepted as batch " : "Accepted as batch ")
              + accepted.batch());
      accepted.jobs().forEach((name, id) -> System.out.println("  " + id + "  " + name));
    }
    return ExitCode.OK;
  }
}
