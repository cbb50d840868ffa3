package dev.morphene.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private long nowNanos;

  @Test
  void awayFromATerminalThereIsALineEveryFiveSecondsAndNoEscape() {
    ProgressBar bar = bar(false);
    for (int second = 0; second <= 12; second++) {
      nowNanos = Duration.ofSeconds(second).toNanos();
      bar.show("reading", second, 100, List.of("0.3 GB"));
    }
    bar.close();
    assertThat(text().lines()).hasSize(3);
    assertThat(text()).doesNotContain("\u001b");
    assertThat(text().lines().toList().get(2))
        .contains("reading", "10 %", "10/100", "1.0/s", "ETA 1:30", "0.3 GB");
  }

  @Test
  void linesThatStayAreAlwaysPrinted() {
    ProgressBar bar = bar(false);
    bar.show("training", 0, 10, List.of());
    bar.print("step 2: checkpoint");
    bar.print("step 4: checkpoint");
    assertThat(text()).contains("step 2: checkpoint\n", "step 4: checkpoint\n");
  }

  @Test
  void onATerminalTheLineIsRedrawnAndFits() {
    ProgressBar bar = bar(true);
    bar.show("a stage with a name that is far too long for it", 0, 10, List.of());
    nowNanos = Duration.ofSeconds(20).toNanos();
    bar.show("training", 5, 10, List.of("first 1.000", "x".repeat(60), "last 2.000"));
    assertThat(text()).contains("\u001b[1A\u001b[2K", "4.0 s each", "ETA 0:20", "first 1.000");
    assertThat(text()).doesNotContain("xxx");
    assertThat(text().replaceAll("\u001b\\[[0-9]*[AK]", "").lines())
        .allSatisfy(line -> assertThat(line.length()).isLessThan(80));
  }

  @Test
  void closingTakesTheBarOffTheTerminal() {
    ProgressBar bar = bar(true);
    bar.show("training", 1, 10, List.of());
    bar.close();
    assertThat(text()).endsWith("\u001b[1A\u001b[2K");
  }

  @Test
  void aResumedRunDoesNotCountWhatWasDoneBefore() {
    ProgressBar bar = bar(false);
    bar.show("training", 900, 1_000, List.of());
    nowNanos = Duration.ofSeconds(10).toNanos();
    bar.show("training", 910, 1_000, List.of());
    assertThat(text()).contains("1.0/s", "ETA 1:30");
  }

  private ProgressBar bar(boolean interactive) {
    return new ProgressBar(
        new Terminal(new PrintStream(printed, true, StandardCharsets.UTF_8), interactive),
        () -> nowNanos);
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
