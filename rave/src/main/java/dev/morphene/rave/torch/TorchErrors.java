package dev.morphene.rave.torch;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.Locale;

/** Turns what libtorch throws into failures with a class. */
final class TorchErrors {
  private TorchErrors() {}

  /** A failed call of a method. */
  static JobFailure duringCall(String method, RuntimeException error) {
    String text = String.valueOf(error.getMessage());
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("out of memory")
        || lower.contains("can't allocate memory")
        || lower.contains("cublas_status_alloc_failed")) {
      return new JobFailure(
          FailureClass.OUT_OF_MEMORY,
          "Memory ran out in " + method + "; use a smaller batch, crop or model.",
          error);
    }
    return new JobFailure(
        FailureClass.CRASH, "The method " + method + " failed: " + lastLine(text), error);
  }

  static String firstLine(Throwable error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("no detail");
  }

  /** libtorch puts the trace first and the reason last. */
  private static String lastLine(String text) {
    return text.lines().filter(line -> !line.isBlank()).reduce((a, b) -> b).orElse("no detail");
  }
}
