package dev.morphene.trials.history;

/**
 * A fault that was planned, and what became of it.
 *
 * @param fault as the plan calls it
 * @param words why it failed, or empty
 */
public record PlannedFault(String fault, Stage stage, String words) {
  /** How far it came. */
  public enum Stage {
    /** Its time has not come. */
    WAITING,
    /** It was begun, and is not mended. */
    BEGUN,
    /** It struck what it was meant for, and is mended. */
    DONE,
    /** It went wrong itself. */
    FAILED
  }
}
