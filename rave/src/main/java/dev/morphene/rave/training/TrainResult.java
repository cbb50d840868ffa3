package dev.morphene.rave.training;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.process.HealthCondition;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a complete training run says about itself.
 *
 * @param steps done over all attempts
 * @param firstValidation before the first step
 * @param bestValidation smallest distance
 * @param lastValidation after the last step
 * @param checkpoints that are kept, oldest first
 * @param peakResidentBytes largest resident memory of this attempt's process
 * @param endedEarly why, when a condition that the request names ended it before its last step
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record TrainResult(
    long steps,
    Optional<ValidationRecord.Point> firstValidation,
    Optional<ValidationRecord.Point> bestValidation,
    Optional<ValidationRecord.Point> lastValidation,
    List<KeptCheckpoint> checkpoints,
    OptionalLong peakResidentBytes,
    Optional<EarlyEnd> endedEarly) {

  /**
   * @param phase 1 representation, 2 adversarial
   * @param sha256 lower-case hexadecimal digest of the file
   */
  public record KeptCheckpoint(long step, int phase, Path path, String sha256, long sizeBytes) {}

  /**
   * @param message one sentence
   */
  public record EarlyEnd(HealthCondition condition, long step, String message) {}
}
