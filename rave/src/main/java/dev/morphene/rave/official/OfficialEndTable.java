package dev.morphene.rave.official;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The one table from how the official program ended to a failure. Every Python error ends it with
 * code 1, so its last words decide; the first row that fits does.
 */
final class OfficialEndTable {
  private static final int SIGNAL_BASE = 128;

  private record Row(Pattern words, FailureClass failureClass, String message) {}

  private static final List<Row> ROWS =
      List.of(
          row(
              "CUDA out of memory|OutOfMemoryError|CUBLAS_STATUS_ALLOC_FAILED"
                  + "|can't allocate memory|[Cc]annot allocate memory|^MemoryError",
              FailureClass.OUT_OF_MEMORY,
              "The official trainer ran out of memory; use a smaller batch, a shorter signal or a"
                  + " smaller config."),
          row(
              "out of shared memory|insufficient shared memory",
              FailureClass.CRASH,
              "The shared memory of this machine is too small for the official trainer's data"
                  + " loaders; enlarge /dev/shm or give the job fewer threads."),
          row(
              "DataLoader worker .* killed by signal: Killed",
              FailureClass.OUT_OF_MEMORY,
              "The machine's memory ran out and a data loader of the official trainer was killed;"
                  + " give the job fewer threads or run fewer jobs side by side."),
          row(
              "No space left on device|Disk quota exceeded|Errno 28",
              FailureClass.STORAGE,
              "The disk is full; free space and start the job again."),
          row(
              "Permission denied|PermissionError|Read-only file system",
              FailureClass.STORAGE,
              "The official trainer may not write where it must; the evidence names the file, let"
                  + " this user write it."),
          row(
              "Unknown command line flag|must have a value other than None|Flags parsing error",
              FailureClass.BAD_INPUT,
              "The official trainer does not take the flags it was given; install RAVE 2.3.1."),
          row(
              "num_samples should be a positive integer",
              FailureClass.BAD_INPUT,
              "The dataset is empty; preprocess longer recordings into it."),
          row(
              "^ZeroDivisionError",
              FailureClass.BAD_INPUT,
              "The dataset has fewer chunks than a batch; use a smaller batch or more recordings."),
          row(
              "n_components=\\d+ must be between",
              FailureClass.BAD_INPUT,
              "The dataset is too short to validate with; preprocess at least five minutes."),
          row(
              "The size of tensor a \\(\\d+\\) must match",
              FailureClass.BAD_INPUT,
              "The signal does not fit the config; use signalSamples 131072, which every config"
                  + " takes."),
          row(
              "lmdb\\.\\w*Error|MDB_[A-Z]+|No such file or directory: .*metadata\\.yaml",
              FailureClass.UNREADABLE,
              "The official trainer cannot read the dataset; run preprocess again."),
          row(
              "PytorchStreamReader failed|UnpicklingError|failed finding central directory",
              FailureClass.UNREADABLE,
              "The official trainer cannot read the checkpoint it was to go on from; remove the"
                  + " file that the evidence names and start again."),
          row(
              "Unable to open file: \\S+\\.gin|No configurable matching|Configurable .* doesn't"
                  + " have",
              FailureClass.BAD_INPUT,
              "The official trainer does not know the config or one of its values; use v2,"
                  + " v2_small, v3 or another of its names."),
          row(
              "No module named 'pkg_resources'",
              FailureClass.BAD_INPUT,
              "The official trainer's Python lacks pkg_resources; install setuptools below 81"
                  + " beside it."),
          row(
              "cannot import name 'kaiser'|unexpected keyword argument 'nyq'",
              FailureClass.BAD_INPUT,
              "The official trainer needs an older scipy; install scipy 1.10.0 beside it."),
          row(
              "validation_epoch_end` has been removed",
              FailureClass.BAD_INPUT,
              "The official trainer needs an older Lightning; install pytorch-lightning 1.9.0"
                  + " beside it."),
          row(
              "^(ModuleNotFoundError|ImportError)",
              FailureClass.BAD_INPUT,
              "The official trainer's installation is not complete; the evidence names what it"
                  + " lacks, install RAVE 2.3.1 anew."),
          row(
              "^EOFError",
              FailureClass.CRASH,
              "The official trainer asked a question that nobody can answer here; run it by hand"
                  + " once to see which."),
          row(
              "No CUDA GPUs are available|driver version is insufficient|MisconfigurationException"
                  + "|CUDA error|CUDNN_STATUS|no kernel image",
              FailureClass.CRASH,
              "The official trainer could not use its GPU; check that its PyTorch fits the"
                  + " driver."));

  private OfficialEndTable() {}

  private static Row row(String words, FailureClass failureClass, String message) {
    return new Row(Pattern.compile(words), failureClass, message);
  }

  /** What the program's last words say; empty when they fit no row. */
  static Optional<JobFailure> ofOutput(List<String> lines) {
    List<String> evidence =
        lines.subList(Math.max(0, lines.size() - JobFailure.MAX_EVIDENCE_LINES), lines.size());
    // A traceback and those that follow it, since one failure may cause another; warnings before
    // it may name anything.
    int traceback = lines.indexOf("Traceback (most recent call last):");
    List<String> words = traceback < 0 ? evidence : lines.subList(traceback, lines.size());
    return ROWS.stream()
        .filter(row -> words.stream().anyMatch(line -> row.words().matcher(line).find()))
        .findFirst()
        .map(row -> new JobFailure(row.failureClass(), row.message(), evidence));
  }

  /**
   * The failure of a program that ended by itself before its time.
   *
   * @param exitCode empty when its whole process group was killed
   */
  static JobFailure of(OptionalInt exitCode, TrainerOutput output) {
    if (exitCode.orElse(0) == 0) {
      return new JobFailure(FailureClass.CRASH, withoutError(exitCode, output), output.evidence());
    }
    return ofOutput(output.lines())
        .orElseGet(
            () ->
                new JobFailure(
                    FailureClass.CRASH, unknown(exitCode.getAsInt()), output.evidence()));
  }

  private static String withoutError(OptionalInt exitCode, TrainerOutput output) {
    if (exitCode.isEmpty()) {
      return "The official trainer's processes were killed by somebody else; start the job again.";
    }
    if (output.end() == TrainerOutput.End.TOO_MANY_EPOCHS) {
      return "The official trainer stops after 300,000 epochs and has not reached maxSteps; use"
          + " more recordings, a smaller batch or fewer steps.";
    }
    return "The official trainer ended before maxSteps without an error, as it does after a Ctrl-C;"
        + " start the job again.";
  }

  private static String unknown(int exitCode) {
    if (exitCode == SIGNAL_BASE + 9) {
      return "The official trainer was killed (signal 9), as the kernel does when the machine's"
          + " memory runs out; look into the kernel's log.";
    }
    if (exitCode > SIGNAL_BASE) {
      return "The official trainer was ended by signal "
          + (exitCode - SIGNAL_BASE)
          + "; start the job again.";
    }
    return "The official trainer ended with code "
        + exitCode
        + "; the evidence tells what it said last.";
  }
}
