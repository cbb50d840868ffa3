package dev.morphene.rave.official;

import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.nio.file.Path;

/**
 * A checkpoint of the official trainer. Its name tells little: the number in it counts batches of
 * one process or epochs, so the step is read from inside.
 *
 * @param step training steps done
 */
record OfficialCheckpoint(Path path, long step) {
  private static final String STEP = "global_step";

  /** What becomes of the file while its run goes on; the order is from the most durable. */
  enum Keeping {
    /** One for every so many batches, never removed. */
    FOR_GOOD,
    /** Overwritten when a validation is better. */
    BEST,
    /** Removed after the next validation. */
    ROLLING
  }

  /**
   * Reads the step of a file; nothing in it is executed.
   *
   * @throws JobFailure UNREADABLE when it is not whole, or no checkpoint of Lightning
   */
  static OfficialCheckpoint read(Path file) {
    Object step = TorchTree.read(file, keys -> keys.get(0).equals(STEP)).get(STEP);
    if (!(step instanceof Long number)) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          file + " is no checkpoint of the official trainer: it tells no step; remove it.");
    }
    return new OfficialCheckpoint(file, number);
  }

  Keeping keeping() {
    String name = path.getFileName().toString();
    if (name.startsWith("best")) {
      return Keeping.BEST;
    }
    return name.startsWith("epoch_") ? Keeping.FOR_GOOD : Keeping.ROLLING;
  }
}
