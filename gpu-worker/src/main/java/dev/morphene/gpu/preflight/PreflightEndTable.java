package dev.morphene.gpu.preflight;

import dev.morphene.gpu.command.CommandEnd;
import dev.morphene.protocol.json.MalformedMessage;
import dev.morphene.protocol.json.ProtocolJson;
import dev.morphene.protocol.memory.ByteSize;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The one table from how the preflight child ended to what is known about the GPU. */
final class PreflightEndTable {
  /** The dynamic linker ends the process so when it misses a function, without any exception. */
  private static final int SYMBOL_MISSING = 127;

  private static final int SIGNALLED = 128;
  private static final int ABORTED = SIGNALLED + 6;
  private static final int KILLED = SIGNALLED + 9;
  private static final int SEGMENTATION_FAULT = SIGNALLED + 11;

  private PreflightEndTable() {}

  static PreflightResult result(CommandEnd end) {
    if (end instanceof CommandEnd.NotStarted notStarted) {
      return failed("The preflight could not be started: %s.", notStarted.reason());
    }
    if (end instanceof CommandEnd.TimedOut timedOut) {
      return failed(
          "The preflight did not end within %d s and was killed; the driver hangs.",
          timedOut.after().toSeconds());
    }
    if (end instanceof CommandEnd.Interrupted) {
      return failed("The preflight was interrupted.");
    }
    CommandEnd.Exited exited = (CommandEnd.Exited) end;
    return switch (exited.exitCode()) {
      case 0 -> answered(exited);
      case SYMBOL_MISSING ->
          failed("The CUDA driver lacks a function, so it is too old: %s.", evidence(exited));
      case ABORTED, SEGMENTATION_FAULT ->
          failed(
              "The CUDA driver crashed (signal %d): %s.",
              exited.exitCode() - SIGNALLED, evidence(exited));
      case KILLED ->
          failed("The preflight was killed (signal 9); the kernel does so when memory runs out.");
      default ->
          failed("The preflight ended with code %d: %s.", exited.exitCode(), evidence(exited));
    };
  }

  private static PreflightResult answered(CommandEnd.Exited exited) {
    // Drivers and the JVM may print lines of their own before.
    Optional<String> line =
        exited.output().lines().filter(text -> text.startsWith("{")).reduce((one, last) -> last);
    if (line.isEmpty()) {
      return failed("The preflight ended without an answer: %s.", evidence(exited));
    }
    try {
      PreflightAnswer answer =
          ProtocolJson.read(line.get().getBytes(StandardCharsets.UTF_8), PreflightAnswer.class);
      return answer.passed()
          ? new PreflightResult.Passed(
              answer.contextBytes().filter(bytes -> bytes >= 0).map(ByteSize::new))
          : new PreflightResult.Failed(answer.reason().orElse("The preflight gave no reason."));
    } catch (MalformedMessage garbage) {
      return failed("The preflight's answer is garbage. %s", garbage.getMessage());
    }
  }

  private static String evidence(CommandEnd.Exited exited) {
    for (String text : List.of(exited.errors(), exited.output())) {
      Optional<String> line =
          text.lines().map(String::strip).filter(one -> !one.isEmpty()).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
    }
    return "it said nothing";
  }

  private static PreflightResult failed(String format, Object... values) {
    return new PreflightResult.Failed(String.format(Locale.ROOT, format, values));
  }
}
