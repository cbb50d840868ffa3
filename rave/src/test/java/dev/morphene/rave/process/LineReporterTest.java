package dev.morphene.rave.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LineReporterTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong();
  private final LineOutput output = new LineOutput(written, () -> {});
  private final LineReporter reporter = new LineReporter(output, nanos::get, () -> 4096L);

  @Test
  void progressIsThinnedToOneLineEveryHalfSecond() throws IOException {
    for (int step = 1; step <= 100; step++) {
      nanos.addAndGet(100_000_000L);
      reporter.progress("representation", step, 100, Map.of("loss", 1.0));
    }
    List<JsonNode> lines = lines();
    // The first (a new stage), then one every five steps, and the last.
    assertThat(lines).extracting(line -> line.get("step").asLong()).startsWith(1L, 6L, 11L);
    assertThat(lines.get(lines.size() - 1).get("step").asLong()).isEqualTo(100);
    assertThat(lines).hasSizeBetween(20, 22);
  }

  @Test
  void speedAndTimeLeftFollowFromTheTicker() throws IOException {
    reporter.progress("a", 0, 100, Map.of());
    nanos.addAndGet(1_000_000_000L);
    reporter.progress("a", 20, 100, Map.of());
    JsonNode first = lines().get(0);
    assertThat(first.has("stepsPerSecond")).isFalse();
    assertThat(first.has("remainingMillis")).isFalse();
    JsonNode second = lines().get(1);
    assertThat(second.get("stepsPerSecond").asDouble()).isEqualTo(20.0);
    assertThat(second.get("remainingMillis").asLong()).isEqualTo(4000);
    assertThat(second.get("residentBytes").asLong()).isEqualTo(4096);
  }

  @Test
  void valuesThatAreNoNumbersAreLeftOut() throws IOException {
    reporter.progress("a", 0, 1, Map.of("good", 2.0, "bad", Double.NaN));
    assertThat(lines().get(0).get("measures"))
        .isEqualTo(ProcessJson.mapper().createObjectNode().put("good", 2.0));
  }

  @Test
  void nothingFollowsTheLastLine() throws IOException {
    output.write(new ProcessLine.Stopped(7));
    output.write(new ProcessLine.Stopped(8));
    reporter.warning("too late");
    assertThat(lines()).hasSize(1);
  }

  @Test
  void aGoneReaderIsReported() {
    AtomicBoolean gone = new AtomicBoolean();
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    new LineOutput(broken, () -> gone.set(true)).write(new ProcessLine.Warning("hello?"));
    assertThat(gone).isTrue();
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    for (String line : written.toString(StandardCharsets.UTF_8).lines().toList()) {
      nodes.add(ProcessJson.mapper().readTree(line));
    }
    return nodes;
  }
}
