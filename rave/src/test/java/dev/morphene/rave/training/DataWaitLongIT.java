package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.process.Augmentation;
import dev.morphene.rave.process.PitchRange;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.process.TrainRequest;
import dev.morphene.rave.process.TrainingFeatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With the fastest model there is and every feature that costs the data path time, a dataset on
 * disk keeps the trainer waiting for less than 2 % of its time; and a rehearsal leaves nothing
 * behind.
 */
class DataWaitLongIT {
  private static final int SIGNAL_SAMPLES = 65_536;
  private static final double MOST_WAITING = 0.02;

  @TempDir Path folder;

  @Test
  void theTrainerDoesNotWaitForData() throws Exception {
    Path dataset = folder.resolve("dataset");
    SyntheticItems items = new SyntheticItems(20, 2 * SIGNAL_SAMPLES);
    try (DatasetWriter writer =
        DatasetWriter.create(dataset, 1, items.samplingRateHz(), items.chunkSamples())) {
      for (int i = 0; i < items.size(); i++) {
        writer.append(items.read(i));
      }
      writer.finish();
    }
    TrainRequest request =
        TrainRequest.draft("test", "tiny", dataset, folder.resolve("run"))
            .maxSteps(10)
            .validateEvery(5)
            .saveEvery(5)
            .latestEvery(5)
            .batch(2)
            .signalSamples(SIGNAL_SAMPLES)
            .seed(1)
            .threads(Runtime.getRuntime().availableProcessors())
            .build()
            .with(
                new TrainingFeatures(
                    Optional.of(new PitchRange(0.7, 1.3)),
                    true,
                    true,
                    List.of(Augmentation.values()),
                    OptionalDouble.of(0.999),
                    Precision.FP32,
                    List.of()))
            .asRehearsal();
    JsonNode result = new TrainRunner().run(request, new Quiet(), new Quiet());
    assertThat(result.get("realData").asBoolean()).isTrue();
    assertThat(result.get("phases")).hasSize(2);
    for (JsonNode phase : result.get("phases")) {
      assertThat(phase.get("dataWaitShare").asDouble()).isLessThan(MOST_WAITING);
      assertThat(phase.get("peakResidentBytes").asLong()).isPositive();
    }
    assertThat(Files.exists(request.runFolder())).isFalse();
  }

  private static final class Quiet implements ProcessReporter, StopSignal {
    @Override
    public void progress(String stage, long step, long totalSteps, Map<String, Double> measures) {}

    @Override
    public void validation(long step, int phase, double distance, Map<String, Double> measures) {}

    @Override
    public void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes) {}

    @Override
    public void warning(String message) {}

    @Override
    public boolean stopRequested() {
      return false;
    }

    @Override
    public boolean takeCheckpointRequest() {
      return false;
    }
  }
}
