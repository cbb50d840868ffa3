package dev.morphene.rave.official;

import dev.morphene.rave.process.TrainRequest;

/** Which of the two phases a run is in; the official trainer does not say it itself. */
final class Phase {
  /** Of every official config, unless the request says another. */
  private static final long PHASE_ONE_STEPS = 1_000_000;

  private Phase() {}

  /** 1 representation, 2 adversarial. */
  static int after(TrainRequest request, long step) {
    return step < request.phaseOneSteps().orElse(PHASE_ONE_STEPS) ? 1 : 2;
  }

  /** As progress names it. */
  static String stage(TrainRequest request, long step) {
    return after(request, step) == 1 ? "representation" : "adversarial";
  }
}
