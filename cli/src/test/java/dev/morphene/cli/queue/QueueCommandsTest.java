package dev.morphene.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.TerminalRun;
import dev.morphene.cli.api.FakeCoordinator;
import dev.morphene.protocol.json.ProtocolJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands against a coordinator whose answers are laid down. */
class QueueCommandsTest {
  private static final String BATCH = "6f0c6a52-2f0b-4a57-9d0c-7f1d4a3f5b1e";
  private static final String INSTRUMENT =
      "{\"number\": 10, \"name\": \"Pyroviolin\", \"tier\": \"flagship\", \"musicalSource\":"
          + " \"Violin\", \"nonmusicalSource\": \"Fire\"}";
  private static final String JOBS = "GET /api/v1/jobs?limit=1000";
  private static final String QUEUE = "/api/v1/queue";
  private static final String ACCEPTED =
      "{\"outcome\": \"accepted\", \"batch\": \""
          + BATCH
          + "\", \"jobs\": {\"pyroviolin\": 12}, \"alreadyKnown\": false}";

  private final FakeCoordinator coordinator = new FakeCoordinator();

  @AfterEach
  void close() {
    coordinator.close();
  }

  @Test
  void addSubmitsATrainingWithTheGuidesDefaults() throws Exception {
    coordinator.answer("POST /api/v1/submissions", 201, ACCEPTED);
    TerminalRun run = run("queue add -i pyro --db-path data --output models/pyroviolin");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .isEqualTo("Job 12 added: Pyroviolin, v2, 3,000,000 steps, batch 8." + "\n");
    JsonNode submission = submission();
    assertThat(submission.path("batchName").asText()).isEqualTo("Pyroviolin");
    assertThat(submission.path("key").asText()).hasSize(36);
    assertThat(submission.path("allowIncomplete").asBoolean()).isFalse();
    JsonNode job = submission.path("jobs").path(0);
    assertThat(job.path("instrument").asInt()).isEqualTo(10);
    assertThat(job.path("priority").asInt()).isZero();
    JsonNode spec = job.path("spec");
    assertThat(spec.path("kind").asText()).isEqualTo("train");
    assertThat(spec.path("name").asText()).isEqualTo("pyroviolin");
    assertThat(spec.path("config").asText()).isEqualTo("v2");
    assertThat(spec.path("batch").asInt()).isEqualTo(8);
    assertThat(spec.path("maxSteps").asLong()).isEqualTo(3_000_000);
    assertThat(spec.path("datasetFolder").asText())
        .isEqualTo(Path.of("data").toAbsolutePath().toString());
    assertThat(spec.path("runFolder").asText())
        .isEqualTo(Path.of("models/pyroviolin").toAbsolutePath().toString());
    assertThat(spec.path("followUp").isObject()).isFalse();
  }

  @Test
  void addSaysWhatTheCoordinatorRefuses() {
    coordinator.answer(
        "POST /api/v1/submissions", 409, "{\"error\": \"Pyroviolin lacks 1.50 h.\"}");
    TerminalRun run = run("queue add -i 10 --db-path d --output o");
    assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(run.err()).isEqualTo("morphene: Pyroviolin lacks 1.50 h." + "\n");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void theSameKeyShowsWhatItAddedBefore() throws Exception {
    coordinator.answer("POST /api/v1/submissions", 200, ACCEPTED.replace("false", "true"));
    TerminalRun run = run("queue add -i 10 --db-path d --output o --key mine --allow-incomplete");
    assertThat(run.out()).contains("Job 12 was added before");
    assertThat(submission().path("key").asText()).isEqualTo("mine");
    assertThat(submission().path("allowIncomplete").asBoolean()).isTrue();
  }

  @Test
  void whatFollowsComesFromTheSources() throws Exception {
    coordinator
        .answer("POST /api/v1/submissions", 201, ACCEPTED)
        .answer(
            "GET /api/v1/sources?instrument=10",
            200,
            "{\"sources\": ["
                + source("musical", "{\"file\": \"/r/violin.wav\"}")
                + ", "
                + source("nonmusical", "{\"file\": \"/r/fire.wav\"}")
                + "]}");
    assertThat(run("queue add -i 10 --db-path d --output /m/pyroviolin --follow-up").out())
        .contains("audits and the export follow");
    JsonNode followUp = submission().path("jobs").path(0).path("spec").path("followUp");
    assertThat(followUp.path("musicalReference").asText()).isEqualTo("/r/violin.wav");
    assertThat(followUp.path("nonmusicalReference").asText()).isEqualTo("/r/fire.wav");
    assertThat(followUp.path("auditFolder").asText()).isEqualTo("/m/pyroviolin/audit");
    JsonNode export = followUp.path("export");
    assertThat(export.path("outputFolder").asText()).isEqualTo("/m/pyroviolin/final");
    assertThat(export.path("fidelity").asDouble()).isEqualTo(0.95);
    assertThat(export.path("sources").path(0).path("hours").asDouble()).isEqualTo(1.5);
    assertThat(export.path("sources").path(0).path("files").path(0).asText()).isEqualTo("a.wav");
  }

  @Test
  void withoutAReferenceClipNothingCanFollow() {
    coordinator.answer(
        "GET /api/v1/sources?instrument=10",
        200,
        "{\"sources\": [" + source("musical", "{\"file\": \"/r/violin.wav\"}") + "]}");
    TerminalRun run = run("queue add -i 10 --db-path d --output o --follow-up");
    assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(run.err()).contains("no nonmusical reference clip", "sources add-ref");
    assertThat(coordinator.requests()).noneMatch(request -> request.line().startsWith("POST"));
  }

  @Test
  void aTierIsOneSubmissionInTheCataloguesOrder() throws Exception {
    coordinator.answer("POST /api/v1/submissions", 201, ACCEPTED);
    TerminalRun run = run("queue add-tier 1 --db-base /d --output-base /m --priority 3");
    assertThat(run.exitCode()).isZero();
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode job : submission().path("jobs")) {
      numbers.add(job.path("instrument").asInt());
      assertThat(job.path("priority").asInt()).isEqualTo(3);
      String folder = job.path("spec").path("name").asText();
      assertThat(job.path("spec").path("datasetFolder").asText()).isEqualTo("/d/" + folder);
      assertThat(job.path("spec").path("runFolder").asText()).isEqualTo("/m/" + folder);
    }
    assertThat(numbers).isSorted().hasSize(10).contains(10);
    assertThat(run.out()).contains("INSTRUMENT", "12  Pyroviolin", "/d/pyroviolin");
  }

  @Test
  void onlyThoseThatAreReadyAreAddedWhenAskedFor() throws Exception {
    coordinator
        .answer("POST /api/v1/submissions", 201, ACCEPTED)
        .answer(
            "GET /api/v1/readiness",
            200,
            "{\"instruments\": [{\"instrument\": "
                + INSTRUMENT
                + ", \"musicalHours\": 1.5, \"nonmusicalHours\": 2, \"sources\": 2, \"references\":"
                + " 0}]}");
    TerminalRun run = run("queue add-tier flagship --db-base /d --output-base /m --ready-only");
    assertThat(submission().path("jobs")).hasSize(1);
    assertThat(run.err()).contains("Left out: ");
    assertThat(run.out()).contains("Jobs added: 1.");
  }

  @Test
  void aDryRunShowsThePlanAndAddsNothing() {
    coordinator.answer(
        "POST /api/v1/submissions?dryRun=true",
        200,
        "{\"jobs\": [{\"name\": \"pyroviolin\", \"kind\": \"train\", \"instrument\": "
            + INSTRUMENT
            + ", \"needs\": 17179869184, \"sideBySide\": 3, \"worker\": \"render-07\", \"gpu\":"
            + " \"GPU-1\", \"predictedStart\": \"2026-01-14T09:12:03Z\", \"objection\": \"It lacks"
            + " 1.50 h of musical material.\"}]}");
    TerminalRun run = run("queue add-tier flagship --db-base /d --output-base /m --dry-run");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("Pyroviolin", "16.0 GB", "render-07", "GPU-1")
        .contains("Pyroviolin: It lacks 1.50 h", "cannot be told yet", "Nothing was added.");
    assertThat(coordinator.requests()).hasSize(1);
  }

  @Test
  void aListHasTheGuidesColumns() {
    coordinator.answer(
        JOBS + "&state=running",
        200,
        "{\"jobs\": [" + job(2, "running", "\"peakMemoryBytes\": 22870491136,") + "]}");
    TerminalRun run = run("queue list --status running");
    assertThat(run.out().lines().findFirst().orElseThrow().strip().split("  +"))
        .containsExactly(
            "ID", "INSTRUMENT", "STATUS", "GPU", "MEMORY (PEAK)", "PROGRESS", "RETRIES", "JOB");
    assertThat(run.out().lines().skip(1).findFirst().orElseThrow().strip().split("  +"))
        .containsExactly(
            "2", "Pyroviolin", "running", "GPU-1", "21.3 GB", "25 %", "1", "pyroviolin");
    assertThat(run("queue list --status running -i 11").out()).isEqualTo("No jobs.\n");
    assertThat(run("queue list --status running -i 10 --json").out())
        .contains("\"id\" : 2", "\"state\" : \"running\"");
  }

  @Test
  void showHasLeastMostAndAverageMemoryAndTheLog() {
    coordinator
        .answer(
            "GET /api/v1/jobs/2",
            200,
            job(
                2,
                "running",
                "\"spec\": {\"kind\": \"train\"}, \"retryBudget\": 3, \"failures\": 1, \"memory\":"
                    + " {\"samples\": 9, \"minBytes\": 1073741824, \"meanBytes\": 2147483648,"
                    + " \"maxBytes\": 4294967296},"))
        .answer(
            "GET /api/v1/jobs/2/log?limit=1000&after=0",
            200,
            "{\"lines\": [{\"id\": 5, \"attempt\": 1, \"at\": \"2026-01-14T09:12:03Z\", \"text\":"
                + " \"started\"}]}")
        .answer("GET /api/v1/jobs/2/log?limit=1000&after=5", 200, "{\"lines\": []}");
    TerminalRun run = run("queue show 2 --logs");
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("min 1.0 GB, max 4.0 GB, average 2.0 GB")
        .contains("1 of 3 allowed failures", "attempt 1  started");
    assertThat(run("queue logs 2").out()).contains("attempt 1  started");
  }

  @Test
  void memoryIsDrawnWithItsPeakAndAverage() {
    coordinator.answer(
        "GET /api/v1/jobs/2/memory",
        200,
        "{\"samples\": 3, \"minBytes\": 1073741824, \"meanBytes\": 2147483648, \"maxBytes\":"
            + " 4294967296, \"points\": [{\"at\": \"2026-01-14T09:12:03Z\", \"attempt\": 1,"
            + " \"minBytes\": 1073741824, \"meanBytes\": 2147483648, \"maxBytes\": 4294967296}]}");
    assertThat(run("queue memory 2").out())
        .contains("4.0 GB", "peak 4.0 GB, average 2.0 GB, least 1.0 GB of 3 samples");
  }

  @Test
  void statusIsTheQueueInAGlance() {
    coordinator.answer(
        "GET " + QUEUE,
        200,
        "{\"counts\": {\"pending\": 3, \"running\": 1}, \"paused\": true, \"nodes\": 2, \"gpus\":"
            + " 4, \"gpusBusy\": 1}");
    assertThat(run("queue status").out())
        .contains("paused: nothing new", "3 pending, 1 running", "2 alive", "1 of 4 busy")
        .contains("cannot be told yet");
    assertThat(run("queue status --json").out()).contains("\"gpusBusy\" : 1");
  }

  @Test
  void aJobIsSteeredByItsNumber() {
    coordinator
        .answer("GET /api/v1/jobs/2", 200, job(2, "pending", ""))
        .answer("POST /api/v1/jobs/2/cancel", 200, job(2, "cancelled", ""))
        .answer("POST /api/v1/jobs/2/retry", 200, job(2, "pending", ""))
        .answer("POST /api/v1/jobs/2/pause", 200, job(2, "pending", ""))
        .answer("POST /api/v1/jobs/2/resume", 200, job(2, "pending", ""))
        .answer("POST /api/v1/jobs/2/priority", 200, job(2, "pending", "").replace(": 4,", ": 7,"))
        .answer("POST " + QUEUE + "/pause", 200, standing(1, 0, true))
        .answer("POST " + QUEUE + "/resume", 200, standing(1, 0, false));
    assertThat(run("queue cancel 2").out()).isEqualTo("Job 2 is cancelled.\n");
    assertThat(run("queue retry 2").out()).isEqualTo("Job 2 is pending again.\n");
    assertThat(run("queue pause 2").out()).contains("Job 2 is not started");
    assertThat(run("queue resume 2").out()).contains("Job 2 may start again");
    assertThat(run("queue prioritise 2 7").out()).isEqualTo("Job 2 has priority 7.\n");
    assertThat(run("queue pause").out()).contains("The queue is paused");
    assertThat(run("queue resume").out()).contains("The queue is open");
    TerminalRun unknown = run("queue retry 3");
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void startOpensAQueueThatACoordinatorHasPaused() {
    coordinator
        .answer("GET " + QUEUE, 200, standing(1, 0, true))
        .answer("POST " + QUEUE + "/resume", 200, standing(1, 0, false));
    TerminalRun run = run("queue start");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("A coordinator runs already at " + coordinator.address(), "is open again");
  }

  @Test
  void watchShowsWhatEndsAndSaysWhetherSomethingFailed() {
    coordinator
        .answer("GET " + QUEUE, 200, standing(1, 0, false))
        .answer("GET " + QUEUE, 200, standing(1, 0, false))
        .answer("GET " + QUEUE, 200, standing(0, 1, false))
        .answer(JOBS + "&state=pending", 200, "{\"jobs\": []}")
        .answer(JOBS + "&state=retrying", 200, "{\"jobs\": []}")
        .answer(JOBS + "&state=running", 200, "{\"jobs\": [" + job(2, "running", "") + "]}")
        .answer(JOBS + "&state=running", 200, "{\"jobs\": []}")
        .answer(
            "GET /api/v1/jobs/2",
            200,
            job(
                2,
                "failed",
                "\"error\": {\"class\": \"storage\", \"message\": \"The disk is full.\","
                    + " \"evidence\": [], \"suggestedFix\": \"Free space.\"},"));
    TerminalRun run = run("queue watch --until-done");
    assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).contains("running", "failed", "The disk is full.");
  }

  private TerminalRun run(String line) {
    String[] words = (line + " --coordinator " + coordinator.address()).split(" ");
    return TerminalRun.of(words);
  }

  private JsonNode submission() throws Exception {
    return ProtocolJson.mapper()
        .readTree(
            coordinator.requests().stream()
                .filter(request -> request.line().equals("POST /api/v1/submissions"))
                .findFirst()
                .orElseThrow()
                .body());
  }

  private static String standing(int running, int failed, boolean paused) {
    return "{\"counts\": {\"running\": "
        + running
        + ", \"failed\": "
        + failed
        + "}, \"paused\": "
        + paused
        + ", \"nodes\": 1, \"gpus\": 1, \"gpusBusy\": "
        + running
        + "}";
  }

  /**
   * @param more fields, each with a comma after it
   */
  private static String job(int id, String state, String more) {
    return "{\"id\": "
        + id
        + ", \"batch\": \""
        + BATCH
        + "\", \"name\": \"pyroviolin\", \"kind\": \"train\", \"instrument\": "
        + INSTRUMENT
        + ", \"priority\": 4, \"state\": \""
        + state
        + "\", \"attempt\": 2, \"cancelRequested\": false, \"paused\": false, \"worker\":"
        + " \"render-07\", \"gpu\": \"GPU-1\", "
        + more
        + " \"progress\": {\"stage\": \"adversarial\", \"step\": 5, \"totalSteps\": 20,"
        + " \"memory\": 1, \"measures\": {}}, \"createdAt\": \"2026-01-14T09:12:03Z\"}";
  }

  private static String source(String type, String reference) {
    return "{\"id\": 1, \"source\": {\"instrument\": 10, \"type\": \""
        + type
        + "\", \"name\": \"Sessions\", \"origin\": \"recorded\", \"durationSeconds\": 5400,"
        + " \"files\": [\"/s/a.wav\"]}, \"references\": ["
        + reference
        + "], \"createdAt\": \"2026-01-14T09:12:03Z\", \"changedAt\": \"2026-01-14T09:12:03Z\"}";
  }
}
