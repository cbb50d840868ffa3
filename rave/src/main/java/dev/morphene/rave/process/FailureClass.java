package dev.morphene.rave.process;

/** Why a child process failed, with the exit code that says the same to whoever lost its output. */
public enum FailureClass {
  /**
   * The request cannot be done as it stands: a missing folder, no usable audio, a bad value. Not
   * worth a retry.
   */
  BAD_INPUT(2),
  /** A checkpoint or dataset exists but cannot be read. */
  UNREADABLE(3),
  /** Host or device memory ran out. */
  OUT_OF_MEMORY(4),
  /** A write failed: disk full, no permission, folder gone. */
  STORAGE(5),
  /** Training went somewhere useless: losses are not numbers. */
  DIVERGED(6),
  /** Anything else; a fault of ours until shown otherwise. */
  CRASH(1);

  /** Exit code of a process that stopped because it was told to. */
  public static final int STOPPED_EXIT_CODE = 10;

  private final int exitCode;

  FailureClass(int exitCode) {
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
