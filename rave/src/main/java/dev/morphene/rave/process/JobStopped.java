package dev.morphene.rave.process;

/** A job obeyed a stop command: no failure, but no result either. */
public final class JobStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long step;

  /**
   * @param step from which the job goes on when started again; 0 when it starts anew
   */
  public JobStopped(long step) {
    super("Stopped at step " + step + ".");
    this.step = step;
  }

  public long step() {
    return step;
  }
}
