package dev.morphene.rave.process;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The one table from what a job throws to what its last line says.
 *
 * <p>Causes are looked at as well as the exception itself, the outermost match first, because
 * native errors arrive wrapped.
 */
public final class FailureTable {
  private static final List<String> DISK_FULL =
      List.of("no space left on device", "disk quota exceeded", "file too large");
  private static final List<String> MEMORY_GONE =
      List.of("out of memory", "can't allocate memory", "cannot allocate memory");

  private FailureTable() {}

  /** The failed line for {@code thrown}; its class also decides the exit code. */
  public static ProcessLine.Failed classify(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof JobFailure failure) {
        return new ProcessLine.Failed(
            failure.failureClass(), failure.getMessage(), evidence(failure, thrown));
      }
      String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof OutOfMemoryError || containsAny(text, MEMORY_GONE)) {
        return line(
            FailureClass.OUT_OF_MEMORY,
            "Memory ran out; use a smaller batch, a shorter signal or a smaller config.",
            thrown);
      }
      if (cause instanceof IOException && containsAny(text, DISK_FULL)) {
        return line(
            FailureClass.STORAGE,
            "The disk is full; free space and start the job again: " + cause.getMessage(),
            thrown);
      }
      if (cause instanceof AccessDeniedException denied) {
        return line(
            FailureClass.STORAGE,
            "No permission for " + denied.getFile() + "; let this user read and write it.",
            thrown);
      }
      if (cause instanceof FileSystemException denied && text.contains("read-only file system")) {
        return line(
            FailureClass.STORAGE,
            "The file system of " + denied.getFile() + " is read-only; mount it for writing.",
            thrown);
      }
    }
    return line(
        FailureClass.CRASH,
        "The job ended with " + thrown + "; the evidence tells where, please report it.",
        thrown);
  }

  private static boolean containsAny(String text, List<String> needles) {
    return needles.stream().anyMatch(text::contains);
  }

  private static ProcessLine.Failed line(
      FailureClass failureClass, String message, Throwable thrown) {
    return new ProcessLine.Failed(failureClass, message, evidence(thrown));
  }

  /** Where our code found bad input helps nobody; what lies under it may. */
  private static List<String> evidence(JobFailure failure, Throwable thrown) {
    if (!failure.evidence().isEmpty()) {
      return failure.evidence();
    }
    return failure.failureClass() == FailureClass.BAD_INPUT ? causes(failure) : evidence(thrown);
  }

  private static List<String> causes(JobFailure failure) {
    return Stream.<Throwable>iterate(failure.getCause(), Objects::nonNull, Throwable::getCause)
        .limit(JobFailure.MAX_EVIDENCE_LINES)
        .map(Throwable::toString)
        .toList();
  }

  private static List<String> evidence(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    List<String> lines = new ArrayList<>(text.toString().lines().map(String::strip).toList());
    if (lines.size() <= JobFailure.MAX_EVIDENCE_LINES) {
      return lines;
    }
    // The head names the error, the tail the first cause; the middle is frames of the call stack.
    int half = JobFailure.MAX_EVIDENCE_LINES / 2;
    List<String> kept = new ArrayList<>(lines.subList(0, half));
    kept.addAll(lines.subList(lines.size() - half, lines.size()));
    return kept;
  }
}
