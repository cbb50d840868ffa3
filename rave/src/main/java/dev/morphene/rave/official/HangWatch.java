package dev.morphene.rave.official;

import java.time.Duration;
import java.util.Optional;

/**
 * Decides that the program hangs: for too long it has said nothing and changed no file, or done no
 * step. Moments are readings of a nano ticker.
 */
final class HangWatch {
  private final Patience patience;
  private long lifeNanos;
  private long stepNanos;
  private long lastStep;

  HangWatch(Patience patience, long nowNanos, long step) {
    this.patience = patience;
    this.lifeNanos = nowNanos;
    this.stepNanos = nowNanos;
    this.lastStep = step;
  }

  /** The program has said something or changed a file. */
  void life(long nowNanos) {
    lifeNanos = nowNanos;
  }

  /** The program is at a step, perhaps the same as before. */
  void step(long step, long nowNanos) {
    if (step > lastStep) {
      lastStep = step;
      stepNanos = nowNanos;
      lifeNanos = nowNanos;
    }
  }

  /** Why it is taken to hang, in words that follow "The official trainer"; empty when it is not. */
  Optional<String> hangs(TrainerOutput.Stage stage, long nowNanos) {
    Duration silence = Duration.ofNanos(nowNanos - lifeNanos);
    if (silence.compareTo(patience.silence(stage)) > 0) {
      return Optional.of(
          "has said nothing and changed no file for "
              + silence.toSeconds()
              + " s at step "
              + lastStep);
    }
    if (stage != TrainerOutput.Stage.TRAINING) {
      stepNanos = nowNanos;
    }
    Duration stall = Duration.ofNanos(nowNanos - stepNanos);
    if (stall.compareTo(patience.step()) > 0) {
      return Optional.of("has done no step for " + stall.toSeconds() + " s after step " + lastStep);
    }
    return Optional.empty();
  }
}
