package dev.morphene.rave.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class RaveProcessTest {
  private static final InputStream OPEN_INPUT = neverEnding();

  @TempDir Path folder;
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final CompletableFuture<String> halted = new CompletableFuture<>();
  private final LeaseWatch lease = new LeaseWatch(System::nanoTime, halted::complete);

  record Greeting(String who, Path where) {}

  @Test
  void aJobSaysHelloReportsAndIsDone() throws Exception {
    int exit =
        run(
            (request, reporter, signal) -> {
              reporter.warning("careful, " + request.who() + " at " + request.where());
              return TextNode.valueOf("fine");
            },
            OPEN_INPUT);
    assertThat(exit).isZero();
    assertThat(types()).containsExactly("hello", "warning", "done");
    assertThat(lines().get(0).get("kind").asText()).isEqualTo("audit");
    assertThat(lines().get(0).get("memoryBytes").asLong()).isPositive();
    assertThat(lines().get(1).get("message").asText()).isEqualTo("careful, ann at /tmp");
    assertThat(lines().get(2).get("result").asText()).isEqualTo("fine");
  }

  @Test
  void theEndOfInputStopsTheJob() throws Exception {
    int exit = run(RaveProcessTest::untilStopped, new ByteArrayInputStream(new byte[0]));
    assertThat(exit).isEqualTo(FailureClass.STOPPED_EXIT_CODE);
    assertThat(types()).containsExactly("hello", "stopped");
    assertThat(lines().get(1).get("step").asLong()).isEqualTo(5);
  }

  @Test
  void commandsAreObeyedAndNonsenseIsSkipped() throws Exception {
    PipedOutputStream agent = new PipedOutputStream();
    PipedInputStream commands = new PipedInputStream(agent);
    CountDownLatch checkpointTaken = new CountDownLatch(1);
    agent.write("nonsense\n\n{\"type\":\"checkpoint-now\"}\n".getBytes(StandardCharsets.UTF_8));
    agent.flush();
    Thread stopper =
        new Thread(
            () -> {
              try {
                checkpointTaken.await();
                agent.write("{\"type\":\"stop\"}\n".getBytes(StandardCharsets.UTF_8));
                agent.flush();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            "test-agent");
    stopper.start();
    int exit =
        run(
            (request, reporter, signal) -> {
              while (!signal.takeCheckpointRequest()) {
                Thread.onSpinWait();
              }
              assertThat(signal.takeCheckpointRequest()).isFalse();
              checkpointTaken.countDown();
              return untilStopped(request, reporter, signal);
            },
            commands);
    assertThat(exit).isEqualTo(FailureClass.STOPPED_EXIT_CODE);
    assertThat(types()).containsExactly("hello", "warning", "stopped");
  }

  @Test
  void aJobThatDoesNotStopEndsWithItsLeaseEvenAfterAStopCommand() throws Exception {
    PipedOutputStream agent = new PipedOutputStream();
    PipedInputStream commands = new PipedInputStream(agent);
    lease.renewed(System.nanoTime() + TimeUnit.MINUTES.toNanos(1));
    lease.startThread();
    say(agent, new ProcessCommand.Stop());
    say(agent, new ProcessCommand.Renewed(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50)));
    run((request, reporter, signal) -> TextNode.valueOf(halted.get()), commands);
    assertThat(halted.get()).contains("lease has passed");
    assertThat(types()).containsExactly("hello", "done");
  }

  private static void say(PipedOutputStream agent, ProcessCommand command) throws IOException {
    agent.write((ProcessJson.mapper().writeValueAsString(command) + "\n").getBytes());
    agent.flush();
  }

  @Test
  void aThrowBecomesOneFailedLineWithItsExitCode() throws Exception {
    int exit =
        run(
            (request, reporter, signal) -> {
              throw new IOException("No space left on device");
            },
            OPEN_INPUT);
    assertThat(exit).isEqualTo(FailureClass.STORAGE.exitCode());
    assertThat(types()).containsExactly("hello", "failed");
    assertThat(lines().get(1).get("failureClass").asText()).isEqualTo("STORAGE");
    assertThat(lines().get(1).get("evidence")).isNotEmpty();
  }

  @Test
  void wrongWordsAndFilesAreTheCallersFault() throws Exception {
    RaveProcess process = new RaveProcess(new JobRegistry(), System::nanoTime, lease);
    Path broken = Files.writeString(folder.resolve("broken.json"), "{");
    for (List<String> args :
        List.of(
            List.<String>of(),
            List.of("dance", "x.json"),
            List.of("audit", folder.resolve("absent.json").toString()),
            List.of("audit", broken.toString()))) {
      written.reset();
      assertThat(process.run(args, OPEN_INPUT, written))
          .isEqualTo(FailureClass.BAD_INPUT.exitCode());
      assertThat(types()).containsExactly("failed");
      assertThat(lines().get(0).get("message").asText()).endsWith(".");
    }
  }

  @Test
  void memoryIsReadFromProc() throws IOException {
    Path status = Files.writeString(folder.resolve("status"), "Name:\tx\nVmRSS:\t  12 kB\n");
    assertThat(ProcessMemory.field(status, "VmRSS:")).hasValue(12 * 1024);
    assertThat(ProcessMemory.field(status, "VmHWM:")).isEmpty();
    assertThat(ProcessMemory.field(folder.resolve("none"), "VmRSS:")).isEmpty();
  }

  private static JsonNode untilStopped(
      Greeting request, ProcessReporter reporter, StopSignal signal) {
    while (!signal.stopRequested()) {
      Thread.onSpinWait();
    }
    signal.throwIfStopped(5);
    throw new AssertionError("not reached");
  }

  private int run(JobRunner<Greeting> job, InputStream commands) throws IOException {
    Path request =
        Files.writeString(
            folder.resolve("request.json"),
            ProcessJson.mapper().writeValueAsString(Map.of("who", "ann", "where", "/tmp")));
    JobRegistry registry = new JobRegistry().register(JobKind.AUDIT, Greeting.class, () -> job);
    return new RaveProcess(registry, System::nanoTime, lease)
        .run(List.of("audit", request.toString()), commands, written);
  }

  private List<String> types() throws IOException {
    return lines().stream().map(line -> line.get("type").asText()).toList();
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    for (String line : written.toString(StandardCharsets.UTF_8).lines().toList()) {
      nodes.add(ProcessJson.mapper().readTree(line));
    }
    return nodes;
  }

  /** An input that is open but silent, as a pipe from an agent with nothing to say. */
  private static InputStream neverEnding() {
    try {
      PipedOutputStream held = new PipedOutputStream();
      return new PipedInputStream(held) {
        @Override
        public synchronized int read() throws IOException {
          try {
            wait();
          } catch (InterruptedException e) {
            return -1;
          }
          return -1;
        }
      };
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
