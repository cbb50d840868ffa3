package dev.morphene.gpu.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.gpu.command.CommandEnd;
import dev.morphene.protocol.memory.ByteSize;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PreflightEndTableTest {
  static Stream<Arguments> failures() {
    return Stream.of(
        failure(
            new CommandEnd.NotStarted("no such file"),
            "The preflight could not be started: no such file."),
        failure(
            new CommandEnd.TimedOut(Duration.ofSeconds(30)),
            "The preflight did not end within 30 s and was killed; the driver hangs."),
        failure(new CommandEnd.Interrupted(), "The preflight was interrupted."),
        failure(
            exited(127, "", "java: symbol lookup error: undefined symbol: cuX\n"),
            "The CUDA driver lacks a function, so it is too old: java: symbol lookup error:"
                + " undefined symbol: cuX."),
        failure(exited(134, "", "boom\n"), "The CUDA driver crashed (signal 6): boom."),
        failure(exited(139, "", ""), "The CUDA driver crashed (signal 11): it said nothing."),
        failure(
            exited(137, "", ""),
            "The preflight was killed (signal 9); the kernel does so when memory runs out."),
        failure(exited(1, "out\n", ""), "The preflight ended with code 1: out."),
        failure(exited(0, "", ""), "The preflight ended without an answer: it said nothing."),
        failure(exited(0, "hello\n", ""), "The preflight ended without an answer: hello."),
        failure(exited(0, "{\"passed\":false,\"reason\":\"Why.\"}", ""), "Why."),
        failure(exited(0, "{\"passed\":false}", ""), "The preflight gave no reason."));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void everyEndIsASentence(CommandEnd end, String reason) {
    assertThat(PreflightEndTable.result(end)).isEqualTo(new PreflightResult.Failed(reason));
  }

  @Test
  void garbageIsNoPass() {
    assertThat(PreflightEndTable.result(exited(0, "{\"passed\":", "")))
        .isInstanceOfSatisfying(
            PreflightResult.Failed.class,
            failed ->
                assertThat(failed.reason()).startsWith("The preflight's answer is garbage. "));
  }

  @Test
  void theLastLineOfJsonCounts() {
    CommandEnd end =
        exited(0, "a driver's banner\n{\"passed\":true,\"contextBytes\":42}\nbye\n", "noise");
    assertThat(PreflightEndTable.result(end))
        .isEqualTo(new PreflightResult.Passed(Optional.of(new ByteSize(42))));
  }

  @Test
  void aCostOfLessThanNothingIsAbsent() {
    assertThat(PreflightEndTable.result(exited(0, "{\"passed\":true,\"contextBytes\":-1}", "")))
        .isEqualTo(new PreflightResult.Passed(Optional.empty()));
  }

  private static CommandEnd exited(int code, String output, String errors) {
    return new CommandEnd.Exited(code, output, errors);
  }

  private static Arguments failure(CommandEnd end, String reason) {
    return Arguments.of(end, reason);
  }
}
