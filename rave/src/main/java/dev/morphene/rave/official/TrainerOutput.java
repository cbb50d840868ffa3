package dev.morphene.rave.official;

import dev.morphene.rave.process.JobFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the program's lines have told so far. */
final class TrainerOutput {
  /** Kept to look for the reason of an end; a traceback is longer than what is shown of it. */
  private static final int LINES_KEPT = 200;

  private static final Pattern GPU =
      Pattern.compile("GPU available: (True|False)[^,]*, used: (True|False)");
  private static final Pattern STEP_BAR =
      Pattern.compile("Epoch (\\d{1,9}):\\s+\\d+%\\|[^|]*\\|\\s*(\\d{1,12})/(\\d{1,12}) ");
  private static final Pattern ANY_BAR = Pattern.compile("\\d%\\||\\dit \\[");
  private static final Pattern TRAINING_SET = Pattern.compile("train set: (\\d{1,12}) examples");
  private static final Pattern STOPPED =
      Pattern.compile("`?Trainer\\.fit`? stopped: `?(max_steps|max_epochs)=");

  /** What the program has said about its GPU. */
  enum Gpu {
    NOT_SAID,
    USED,
    NOT_USED
  }

  /** How far the program is. */
  enum Stage {
    STARTING,
    TRAINING,
    ENDING
  }

  /** Why it stopped training. */
  enum End {
    NOT_SAID,
    ALL_STEPS,
    TOO_MANY_EPOCHS
  }

  private final int batch;
  private final Deque<String> lines = new ArrayDeque<>();
  private Gpu gpu = Gpu.NOT_SAID;
  private Stage stage = Stage.STARTING;
  private End end = End.NOT_SAID;
  private long batchesPerEpoch;
  private OptionalLong step = OptionalLong.empty();

  /**
   * @param trainingItems as the split says, until the program tells it itself
   */
  TrainerOutput(long trainingItems, int batch) {
    this.batch = batch;
    this.batchesPerEpoch = trainingItems / batch;
  }

  /**
   * Reads one line.
   *
   * @return true for one that a person may want to read: no progress bar
   */
  boolean accept(String line) {
    Matcher bar = STEP_BAR.matcher(line);
    if (bar.find()) {
      stage = stage == Stage.STARTING ? Stage.TRAINING : stage;
      // The bar also counts the batches that validate.
      long inEpoch = Math.min(Long.parseLong(bar.group(2)), batchesPerEpoch);
      step = OptionalLong.of(Long.parseLong(bar.group(1)) * batchesPerEpoch + inEpoch);
      return false;
    }
    if (ANY_BAR.matcher(line).find()) {
      return false;
    }
    lines.addLast(line);
    if (lines.size() > LINES_KEPT) {
      lines.removeFirst();
    }
    Matcher gpuLine = GPU.matcher(line);
    if (gpuLine.find()) {
      boolean used = gpuLine.group(1).equals("True") && gpuLine.group(2).equals("True");
      gpu = used ? Gpu.USED : Gpu.NOT_USED;
    }
    Matcher items = TRAINING_SET.matcher(line);
    if (items.find()) {
      batchesPerEpoch = Long.parseLong(items.group(1)) / batch;
    }
    Matcher stopped = STOPPED.matcher(line);
    if (stopped.find()) {
      stage = Stage.ENDING;
      end = stopped.group(1).equals("max_steps") ? End.ALL_STEPS : End.TOO_MANY_EPOCHS;
    }
    return true;
  }

  Gpu gpu() {
    return gpu;
  }

  Stage stage() {
    return stage;
  }

  End end() {
    return end;
  }

  /** Of the newest bar, counted over all attempts; right to a validation's batches. */
  OptionalLong step() {
    return step;
  }

  /** Newest lines without bars, oldest first. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** The last few of them. */
  List<String> evidence() {
    List<String> all = lines();
    return all.subList(Math.max(0, all.size() - JobFailure.MAX_EVIDENCE_LINES), all.size());
  }
}
