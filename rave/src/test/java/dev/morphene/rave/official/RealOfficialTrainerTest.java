package dev.morphene.rave.official;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessLine;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainerKind;
import dev.morphene.rave.training.TrainResult;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A few steps of the real official command, where it is installed. */
class RealOfficialTrainerTest {
  private static final int SIGNAL_SAMPLES = 37_888;

  @TempDir Path folder;

  private static boolean isInstalled() {
    try {
      OfficialProgram.find(System.getenv());
      return true;
    } catch (JobFailure absent) {
      return false;
    }
  }

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void theInstalledCommandTrainsAndGoesOn() throws Exception {
    if (!isInstalled()) {
      System.out.println(
          "SKIPPED: no rave command here, so the official trainer was NOT run. Install RAVE 2.3.1"
              + " or set MORPHENE_RAVE_COMMAND to run this test.");
    }
    assumeTrue(isInstalled(), "no rave command");
    Path dataset = folder.resolve("dataset");
    Random random = new Random(1);
    try (DatasetWriter writer = DatasetWriter.create(dataset, 1, 48_000, 2 * SIGNAL_SAMPLES)) {
      for (int item = 0; item < 8; item++) {
        float[] chunk = new float[2 * SIGNAL_SAMPLES];
        for (int i = 0; i < chunk.length; i++) {
          chunk[i] = (float) (0.3 * Math.sin(i * 0.03 * (item + 1)) + 0.01 * random.nextGaussian());
        }
        writer.append(chunk);
      }
      writer.finish();
    }
    OfficialTrainer trainer = OfficialTrainer.here();
    Witness first = Witness.toTheEnd();
    TrainResult result = trainer.train(request(dataset, 8), first, first);
    assertThat(result.checkpoints()).extracting(TrainResult.KeptCheckpoint::step).contains(8L);
    assertThat(first.lines(ProcessLine.Validation.class)).isNotEmpty();

    Witness more = Witness.toTheEnd();
    trainer.train(request(dataset, 12), more, more);
    assertThat(more.lines(ProcessLine.Progress.class).get(0).step()).isEqualTo(8);
    assertThat(more.lines(ProcessLine.CheckpointWritten.class))
        .extracting(ProcessLine.CheckpointWritten::step)
        .contains(12L);
  }

  private TrainRequest request(Path dataset, long maxSteps) {
    return TrainRequest.draft("real", "v2_small", dataset, folder.resolve("run"))
        .maxSteps(maxSteps)
        .phaseOneSteps(4)
        .validateEvery(4)
        .saveEvery(4)
        .latestEvery(1_000)
        .batch(2)
        .signalSamples(SIGNAL_SAMPLES)
        .threads(2)
        .trainer(TrainerKind.RAVE)
        .build();
  }
}
