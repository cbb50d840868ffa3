package dev.morphene.agent.child;

import dev.morphene.protocol.job.ErrorClass;
import dev.morphene.protocol.memory.ByteSize;
import dev.morphene.protocol.message.AttemptReport;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.ProcessLine;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The one table from how a child ended to what the cluster is told. What the child said last
 * counts; only without it the exit code does.
 */
public final class ChildEndTable {
  private static final int KILLED = 128 + 9;
  private static final int ABORTED = 128 + 6;
  private static final int SEGMENTATION_FAULT = 128 + 11;

  private ChildEndTable() {}

  /**
   * @param end how the child ended
   * @param stopReason why the agent asked it to stop, used when it did
   * @param peakMemory the most it was seen to hold
   */
  public static AttemptReport report(ChildEnd end, ErrorClass stopReason, ByteSize peakMemory) {
    if (end.lastLine().isPresent()) {
      ProcessLine line = end.lastLine().get();
      if (line instanceof ProcessLine.Done done) {
        return new AttemptReport.Completed(done.result(), peakMemory);
      }
      if (line instanceof ProcessLine.Stopped stopped) {
        return new AttemptReport.GivenBack(stopReason, stopped.step());
      }
      ProcessLine.Failed failed = (ProcessLine.Failed) line;
      List<String> evidence = failed.evidence().isEmpty() ? end.evidence() : failed.evidence();
      return failure(errorClass(failed.failureClass()), failed.message(), evidence, peakMemory);
    }
    return switch (end.exitCode()) {
      case KILLED ->
          failure(
              ErrorClass.TRAINER_CRASH,
              "The child process was killed (signal 9); the kernel does that when memory runs out.",
              end.evidence(),
              peakMemory);
      case ABORTED, SEGMENTATION_FAULT ->
          failure(
              ErrorClass.TRAINER_CRASH,
              "Native code of the child process crashed (signal " + (end.exitCode() - 128) + ").",
              end.evidence(),
              peakMemory);
      default ->
          failure(
              Arrays.stream(FailureClass.values())
                  .filter(candidate -> candidate.exitCode() == end.exitCode())
                  .findFirst()
                  .map(ChildEndTable::errorClass)
                  .orElse(ErrorClass.UNKNOWN),
              String.format(
                  Locale.ROOT,
                  "The child process ended with exit code %d without saying why.",
                  end.exitCode()),
              end.evidence(),
              peakMemory);
    };
  }

  static ErrorClass errorClass(FailureClass failureClass) {
    return switch (failureClass) {
      case BAD_INPUT -> ErrorClass.CALLERS_FAULT;
      case UNREADABLE -> ErrorClass.UNREADABLE;
      case OUT_OF_MEMORY -> ErrorClass.OUT_OF_MEMORY;
      case STORAGE -> ErrorClass.STORAGE;
      case DIVERGED -> ErrorClass.DIVERGED;
      case CRASH -> ErrorClass.TRAINER_CRASH;
    };
  }

  /** A failed report with the fix that goes with its class. */
  public static AttemptReport.Failed failure(
      ErrorClass errorClass, String message, List<String> evidence, ByteSize peakMemory) {
    return new AttemptReport.Failed(
        errorClass, message, evidence, suggestedFix(errorClass), peakMemory);
  }

  private static String suggestedFix(ErrorClass errorClass) {
    return switch (errorClass) {
      case CALLERS_FAULT -> "Correct what the message names and submit the job again.";
      case OUT_OF_MEMORY -> "Run fewer jobs side by side, then use batch 4, then config v2_small.";
      case TRAINER_CRASH -> "Read the evidence; the job is retried from its newest checkpoint.";
      case DIVERGED -> "Check the recordings for defects, or train with another seed.";
      case UNREADABLE -> "Run the preprocess job again, or remove the file that the message names.";
      case STORAGE ->
          "Free space or correct the permissions where the message says, then retry the job.";
      case HOST_LOST, GPU_LOST, PREEMPTED, DRAINED -> "Nothing to do: the job goes on elsewhere.";
      case CANCELLED -> "Retry the job if it was cancelled by mistake.";
      case TIMEOUT -> "Check whether the node is overloaded, then retry the job.";
      case UNKNOWN -> "Read the evidence and the log on the node, then retry the job.";
    };
  }
}
