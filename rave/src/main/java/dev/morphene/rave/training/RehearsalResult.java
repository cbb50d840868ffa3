package dev.morphene.rave.training;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a rehearsal measured.
 *
 * @param realData whether recordings were used, not noise
 * @param phases in order
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record RehearsalResult(boolean realData, List<PhaseCost> phases) {

  /**
   * What one phase costs.
   *
   * @param phase 1 representation, 2 adversarial
   * @param steps that were made
   * @param medianStepSeconds of a step; in phase 2 over steps of generator and discriminators as
   *     they alternate
   * @param meanStepSeconds likewise; what a long run goes by
   * @param dataWaitShare share of the phase that went by in waiting for data, 0 to 1
   * @param peakResidentBytes most memory of the process up to the phase's end, a checkpoint's copy
   *     of the model included; absent where the system does not tell; never a GPU's
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record PhaseCost(
      int phase,
      int steps,
      double medianStepSeconds,
      double meanStepSeconds,
      double dataWaitShare,
      OptionalLong peakResidentBytes) {}
}
