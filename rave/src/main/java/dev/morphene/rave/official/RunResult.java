package dev.morphene.rave.official;

import dev.morphene.rave.checkpoint.Sha256;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessMemory;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.training.TrainResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a complete run of the official program says about itself. */
final class RunResult {
  private RunResult() {}

  /**
   * Reads every checkpoint once, for its digest.
   *
   * @throws JobFailure STORAGE when one cannot be read
   */
  static TrainResult of(
      long steps, TrainRequest request, OfficialRunFolder folder, OfficialCheckpoints checkpoints) {
    List<TrainResult.KeptCheckpoint> kept = new ArrayList<>();
    for (OfficialCheckpoint checkpoint : checkpoints.byStep()) {
      try {
        kept.add(
            new TrainResult.KeptCheckpoint(
                checkpoint.step(),
                Phase.after(request, checkpoint.step()),
                checkpoint.path(),
                Sha256.of(checkpoint.path()),
                Files.size(checkpoint.path())));
      } catch (IOException e) {
        throw new JobFailure(
            FailureClass.STORAGE,
            "The checkpoint "
                + checkpoint.path()
                + " cannot be read: "
                + e.getMessage()
                + "; mend the storage and start again.",
            e);
      }
    }
    ValidationRecord validation = folder.validation();
    return new TrainResult(
        steps,
        validation.first(),
        validation.best(),
        validation.last(),
        kept,
        ProcessMemory.peakResidentBytes(),
        Optional.empty());
  }
}
