package dev.morphene.trials.bench;

import dev.morphene.trials.process.OwnProcess;
import dev.morphene.trials.process.Patience;
import dev.morphene.trials.process.Signal;
import dev.morphene.trials.servers.LoopbackPorts;
import dev.morphene.trials.servers.TrialServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A coordinator in a process of its own, with a limited heap. */
final class CoordinatorProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path log;
  private final String address;
  private final OwnProcess process;

  private CoordinatorProcess(TrialServers servers, int heapMegabytes, Path logFolder) {
    int port = LoopbackPorts.free();
    this.address = "http://127.0.0.1:" + port;
    this.log = logFolder.resolve("coordinator.log");
    this.process =
        OwnProcess.start(
            "the coordinator",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MeasuredCoordinator.class.getName(),
                servers.database().uri(),
                servers.broker().uri(),
                Integer.toString(port)),
            Map.of(),
            log);
  }

  /** Starts it and waits until it is healthy. */
  static CoordinatorProcess start(TrialServers servers, int heapMegabytes, Path logFolder)
      throws InterruptedException {
    CoordinatorProcess coordinator = new CoordinatorProcess(servers, heapMegabytes, logFolder);
    Patience.until(
        START_LIMIT,
        () -> coordinator.get("/health").contains("\"healthy\":true"),
        () -> "The coordinator did not become healthy; see " + coordinator.log + ".");
    return coordinator;
  }

  /** The answer's body; empty while nothing answers. */
  String get(String path) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create(address + path)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException notThere) {
      return "";
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** Lets it end in order; returns the most heap it had used, in bytes. */
  long stop() throws IOException {
    process.signal(Signal.TERM);
    process.await(STOP_LIMIT);
    return Files.readAllLines(log).stream()
        .filter(line -> line.startsWith(MeasuredCoordinator.HEAP_PEAK))
        .mapToLong(line -> Long.parseLong(line.substring(MeasuredCoordinator.HEAP_PEAK.length())))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No heap peak was told; see " + log + "."));
  }

  @Override
  public void close() {
    process.kill9();
  }
}
