package dev.morphene.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.TerminalRun;
import dev.morphene.cli.local.DataFolder;
import dev.morphene.cli.local.LocalCoordinator;
import dev.morphene.protocol.json.ProtocolJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guide's way: everything is queued before a coordinator runs, and {@code queue start} works it
 * off.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class QueueCommandsLongIT {
  private static final Path RECORDINGS =
      Path.of("..", "samples", "pyroviolin", "nonmusical", "raw").toAbsolutePath().normalize();

  @TempDir Path folder;

  @Test
  void whatWasQueuedWithoutACoordinatorIsWorkedOffByStart() throws Exception {
    TerminalRun added =
        run(
            "queue",
            "add",
            "--instrument",
            "10",
            "--db-path",
            folder.resolve("no-dataset").toString(),
            "--output",
            folder.resolve("model").toString(),
            "--allow-incomplete");
    assertThat(added.exitCode()).as(added.err()).isZero();
    assertThat(added.out()).isEqualTo("Job 1 added: Pyroviolin, v2, 3,000,000 steps, batch 8.\n");
    assertThat(added.err())
        .startsWith("No coordinator runs; using the local one in ")
        .hasLineCount(1);

    assertThat(ok("queue", "list").out()).contains("Pyroviolin", "pending");
    assertThat(ok("queue", "status").out()).contains("1 pending", "0 alive");
    assertThat(ok("queue", "prioritise", "1", "5").out()).contains("priority 5");
    assertThat(ok("queue", "pause", "1").out()).contains("not started");
    assertThat(ok("queue", "resume", "1").out()).contains("may start again");
    assertThat(ok("queue", "cancel", "1").out()).isEqualTo("Job 1 is cancelled.\n");
    assertThat(ok("queue", "retry", "1").out()).isEqualTo("Job 1 is pending again.\n");
    assertThat(ok("queue", "why", "1").out()).isNotBlank();
    assertThat(run("queue", "show", "2").exitCode()).isEqualTo(ExitCode.NOT_FOUND);

    TerminalRun failed = run("queue", "start");
    assertThat(failed.exitCode()).as(failed.out() + failed.err()).isEqualTo(ExitCode.FAILED);
    assertThat(failed.out()).contains("failed", "no-dataset");
    assertThat(ok("queue", "list", "--status", "failed").out()).contains("Pyroviolin");
    assertThat(ok("queue", "start").out()).contains("Nothing waits");

    ok("queue", "submit", preprocessing().toString());
    TerminalRun done = run("queue", "start");
    assertThat(done.exitCode()).as(done.out() + done.err()).isZero();
    assertThat(ok("queue", "list", "--status", "completed", "--json").out())
        .contains("\"state\" : \"completed\"");
    assertThat(ok("queue", "memory", "2").out()).contains("peak ");
    assertThat(ok("queue", "show", "2", "--logs").out()).contains("min ", "max ", "average ");
    assertThat(ok("batch", "list").out()).contains("Pyroviolin", "1 completed");
  }

  @Test
  void aTierThatIsNotReadyIsRefusedAndNothingIsWritten() {
    TerminalRun refused =
        run("queue", "add-tier", "flagship", "--db-base", "/d", "--output-base", "/m");
    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCode.REFUSED);
    assertThat(ok("queue", "list").out()).isEqualTo("No jobs.\n");
    assertThat(
            ok("queue", "add-tier", "1", "--db-base", "/d", "--output-base", "/m", "--dry-run")
                .out())
        .contains("Pyroviolin", "Nothing was added.");
    assertThat(ok("queue", "list").out()).isEqualTo("No jobs.\n");
    ok("queue", "add-tier", "1", "--db-base", "/d", "--output-base", "/m", "--allow-incomplete");
    assertThat(ok("queue", "list").out().lines()).hasSize(11);
  }

  @Test
  void aFolderThatAnotherProcessHasInUseIsWaitedForAndThenNamed() {
    DataFolder data = DataFolder.open(folder.resolve("data"));
    try (LocalCoordinator first =
        LocalCoordinator.start(data, System.err, System::nanoTime).orElseThrow()) {
      assertThat(first.address().getPort()).isPositive();
      TerminalRun second = run("queue", "list");
      assertThat(second.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(second.err())
          .contains("is in use by another process; waiting for it.")
          .contains("try again when that one has ended");
    }
    assertThat(ok("queue", "list").out()).isEqualTo("No jobs.\n");
  }

  private TerminalRun ok(String... arguments) {
    TerminalRun run = run(arguments);
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    return run;
  }

  private TerminalRun run(String... arguments) {
    List<String> words = new ArrayList<>(List.of(arguments));
    words.add("--data");
    words.add(folder.resolve("data").toString());
    return TerminalRun.of(words.toArray(String[]::new));
  }

  /** The dataset of the bundled audio, as an operator writes the submission. */
  private Path preprocessing() throws Exception {
    var submission = ProtocolJson.mapper().createObjectNode();
    submission.put("version", 1).put("key", "dataset").put("batchName", "Pyroviolin");
    var job = submission.putArray("jobs").addObject();
    job.put("name", "preprocess").put("instrument", 10);
    var spec = job.putObject("spec");
    spec.put("kind", "preprocess").put("datasetFolder", folder.resolve("dataset").toString());
    spec.putArray("inputs")
        .addObject()
        .put("sourceType", "nonmusical")
        .put("rawFolder", RECORDINGS.toString())
        .put("processedFolder", folder.resolve("processed").toString());
    return Files.writeString(
        folder.resolve("batch.json"), submission.toString(), StandardCharsets.UTF_8);
  }
}
