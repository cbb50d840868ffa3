package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.dataset.DatasetWriter;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.process.TrainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that cannot be done are refused in one sentence that says what to use instead. */
class TrainRunnerTest {
  private static final int SIGNAL_SAMPLES = 37_888;

  @TempDir static Path folder;
  private static Path dataset;

  @BeforeAll
  static void writeDataset() throws IOException {
    dataset = folder.resolve("dataset");
    SyntheticItems items = new SyntheticItems(4, 2 * SIGNAL_SAMPLES);
    try (DatasetWriter writer =
        DatasetWriter.create(dataset, 1, items.samplingRateHz(), items.chunkSamples())) {
      for (int i = 0; i < items.size(); i++) {
        writer.append(items.read(i));
      }
      writer.finish();
    }
  }

  @Test
  void aSignalThatIsNoMultipleOfTheRatioIsRefused() {
    assertRefused(request(dataset, 48_000, 40_000, 2, "tiny"), "use 40448 instead of 40000");
  }

  @Test
  void aSignalBelowTheReceptiveFieldIsRefused() {
    assertRefused(request(dataset, 48_000, 20_480, 2, "tiny"), "use 36864 or more");
  }

  @Test
  void aBatchLargerThanTheTrainingSetIsRefused() {
    assertRefused(request(dataset, 48_000, SIGNAL_SAMPLES, 8, "tiny"), "at most 3");
  }

  @Test
  void anotherSamplingRateIsRefused() {
    assertRefused(request(dataset, 44_100, SIGNAL_SAMPLES, 2, "tiny"), "train at 48000");
  }

  @Test
  void anUnknownConfigAndAMissingDatasetAreRefused() {
    assertRefused(request(dataset, 48_000, SIGNAL_SAMPLES, 2, "v9"), "v2_small");
    assertRefused(request(folder.resolve("nowhere"), 48_000, SIGNAL_SAMPLES, 2, "tiny"), "nowhere");
  }

  @Test
  void aChangedBatchContinuesWithAWarningAndAnythingElseDoesNot() {
    TrainRequest small = request(dataset, 48_000, SIGNAL_SAMPLES, 4, "tiny");
    TrainRequest large = request(dataset, 48_000, SIGNAL_SAMPLES, 8, "tiny");
    Map<String, String> saved = RunRecipe.ofMemory(large, OptionalInt.of(1));
    List<String> warnings = new ArrayList<>();
    RunRecipe.checkContinues(saved, RunRecipe.ofMemory(small, OptionalInt.of(1)), warnings::add);
    assertThat(warnings).containsExactly("The run goes on with a batch of 4 instead of 8.");
    assertThatThrownBy(
            () ->
                RunRecipe.checkContinues(
                    saved, RunRecipe.ofMemory(large, OptionalInt.of(2)), warnings::add))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("channels 1")
        .hasMessageContaining("says 2");
  }

  private static void assertRefused(TrainRequest request, String fix) {
    assertThatThrownBy(() -> new TrainRunner().run(request, new Silent(), new NeverStop()))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT);
              assertThat(failure).hasMessageContaining(fix).hasMessageEndingWith(".");
            });
  }

  private static TrainRequest request(
      Path dataset, int samplingRateHz, int signalSamples, int batch, String config) {
    return TrainRequest.draft("test", config, dataset, folder.resolve("run"))
        .samplingRateHz(samplingRateHz)
        .maxSteps(10)
        .validateEvery(5)
        .saveEvery(5)
        .latestEvery(5)
        .batch(batch)
        .signalSamples(signalSamples)
        .seed(1)
        .build();
  }

  private static final class NeverStop implements StopSignal {
    @Override
    public boolean stopRequested() {
      return false;
    }

    @Override
    public boolean takeCheckpointRequest() {
      return false;
    }
  }

  private static final class Silent implements ProcessReporter {
    @Override
    public void progress(String stage, long step, long totalSteps, Map<String, Double> measures) {}

    @Override
    public void validation(long step, int phase, double distance, Map<String, Double> measures) {}

    @Override
    public void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes) {}

    @Override
    public void warning(String message) {}
  }
}
