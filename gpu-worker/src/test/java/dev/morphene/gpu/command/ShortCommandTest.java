package dev.morphene.gpu.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShortCommandTest {
  private static final Duration LONG = Duration.ofSeconds(120);

  @Test
  void keepsOutputAndErrorsApart() {
    assertThat(shell("echo out; echo $WORD >&2; exit 3", LONG))
        .isEqualTo(new CommandEnd.Exited(3, "out\n", "word\n"));
  }

  @Test
  void aTalkativeProgramIsReadToItsEndAndCut() {
    CommandEnd.Exited end =
        (CommandEnd.Exited) shell("head -c 1000000 /dev/zero | tr '\\0' x", LONG);
    assertThat(end.exitCode()).isZero();
    assertThat(end.output()).hasSize(ShortCommand.OUTPUT_LIMIT_BYTES);
  }

  @Test
  void aSignalShowsInTheExitCode() {
    assertThat(((CommandEnd.Exited) shell("kill -9 $$", LONG)).exitCode()).isEqualTo(128 + 9);
  }

  @Test
  void whatHangsIsKilled() {
    assertThat(shell("sleep 600", Duration.ofMillis(200)))
        .isEqualTo(new CommandEnd.TimedOut(Duration.ofMillis(200)));
  }

  @Test
  void anInterruptEndsItAndStaysKnown() {
    Thread.currentThread().interrupt();
    assertThat(shell("sleep 600", LONG)).isEqualTo(new CommandEnd.Interrupted());
    assertThat(Thread.interrupted()).isTrue();
  }

  private static CommandEnd shell(String script, Duration timeout) {
    return ShortCommand.run(List.of("/bin/sh", "-c", script), Map.of("WORD", "word"), timeout);
  }
}
