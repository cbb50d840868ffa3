package dev.morphene.cli.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.cli.ExitCode;
import dev.morphene.cli.TerminalRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeAndBatchCommandsTest {
  private static final String BATCH = "6f0c6a52-2f0b-4a57-9d0c-7f1d4a3f5b1e";

  private final FakeCoordinator coordinator = new FakeCoordinator();

  @AfterEach
  void close() {
    coordinator.close();
  }

  @Test
  void nodesShowTheirGpusAndWhetherTheyAreThere() {
    coordinator.answer(
        "GET /api/v1/nodes",
        200,
        "{\"nodes\": [{\"worker\": \"render-07\", \"host\": \"render\", \"alive\": true,"
            + " \"draining\": false, \"lastSeenAt\": \"2026-01-14T09:12:03Z\", \"kinds\":"
            + " [\"train\"], \"devices\": [{\"gpu\": \"GPU-1\", \"name\": \"A\", \"total\":"
            + " 51539607552, \"free\": 17179869184, \"jobsAtMost\": 3, \"source\": \"nvml\"}],"
            + " \"running\": []}]}");
    assertThat(run("nodes").out()).contains("render-07", "alive", "GPU-1 16.0 GB of 48.0 GB");
    assertThat(run("nodes list").out()).isEqualTo(run("nodes").out());
    assertThat(run("nodes list --json").out()).contains("\"worker\" : \"render-07\"");
  }

  @Test
  void aNodeIsTakenOutAndBackIn() {
    coordinator
        .answer("POST /api/v1/nodes/render-07/quarantine", 200, "{}")
        .answer("POST /api/v1/nodes/render-07/release", 200, "{}")
        .answer("POST /api/v1/nodes/render-07/drain", 202, "{}");
    assertThat(run("nodes quarantine render-07 --reason fan").exitCode()).isZero();
    assertThat(coordinator.requests().get(0).body()).contains("\"reason\":\"fan\"");
    assertThat(run("nodes release render-07").out()).contains("takes jobs again");
    assertThat(run("nodes drain render-07").out()).contains("gives its jobs back");
    assertThat(run("nodes drain render-08").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
  }

  @Test
  void batchesAreListedShownAndCancelled() {
    String jobless =
        "{\"batch\": \""
            + BATCH
            + "\", \"name\": \"Tier flagship\", \"createdAt\": \"2026-01-14T09:12:03Z\","
            + " \"jobs\": []}";
    coordinator
        .answer(
            "GET /api/v1/batches?limit=1000",
            200,
            "{\"batches\": [{\"batch\": \""
                + BATCH
                + "\", \"name\": \"Tier flagship\", \"createdAt\": \"2026-01-14T09:12:03Z\","
                + " \"counts\": {\"running\": 2, \"completed\": 1}}]}")
        .answer("GET /api/v1/batches/" + BATCH, 200, jobless)
        .answer("POST /api/v1/batches/" + BATCH + "/cancel", 200, jobless);
    assertThat(run("batch list").out()).contains(BATCH, "Tier flagship", "1 completed, 2 running");
    assertThat(run("batch show " + BATCH).out()).contains("Tier flagship", "No jobs.");
    assertThat(run("batch cancel " + BATCH + " --yes").exitCode()).isZero();
    assertThat(coordinator.requests())
        .anyMatch(request -> request.line().endsWith(BATCH + "/cancel"));
  }

  private TerminalRun run(String line) {
    return TerminalRun.of((line + " --coordinator " + coordinator.address()).split(" "));
  }
}
