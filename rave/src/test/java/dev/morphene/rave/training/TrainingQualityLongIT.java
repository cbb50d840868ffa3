package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.audio.RecordedJob;
import dev.morphene.rave.preprocess.PreprocessRunner;
import dev.morphene.rave.process.PreprocessRequest;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.TrainRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The small model learns the bundled recordings, whatever the seed. The measure of both phases is
 * the multi-scale spectral distance of held-out recordings and their reconstructions, at full band:
 * it is what the first phase minimises, and the adversarial phase has to go on lowering it while
 * the encoder stands still, or the discriminators would only trade artefacts for others.
 */
class TrainingQualityLongIT {
  private static final Path SAMPLES = Path.of("..", "samples", "pyroviolin");
  private static final int SIGNAL_SAMPLES = 40_960;
  private static final long PHASE_ONE_STEPS = Long.getLong("morphene.quality.steps", 400);
  private static final long MAX_STEPS = PHASE_ONE_STEPS * 3 / 2;

  @TempDir Path folder;

  @Test
  @Timeout(3_600)
  void bothPhasesLowerTheDistanceOfWhatTheyHaveNotHeard() throws Exception {
    Path dataset = folder.resolve("dataset");
    RecordedJob preparation = new RecordedJob();
    new PreprocessRunner()
        .run(
            new PreprocessRequest(
                List.of(input("musical"), input("nonmusical")),
                dataset,
                48_000,
                1,
                SIGNAL_SAMPLES,
                -14,
                -1,
                false,
                false),
            preparation,
            preparation);
    for (long seed = 1; seed <= 3; seed++) {
      Curve curve = new Curve();
      new TrainRunner().run(request(dataset, seed), curve, preparation);
      System.out.printf(Locale.ROOT, "seed %d: %s%n", seed, curve.distances);
      double first = curve.distances.get(0L);
      double represented = curve.distances.get(PHASE_ONE_STEPS);
      double last = curve.distances.get(MAX_STEPS);
      assertThat(represented).as("phase one, seed %d", seed).isLessThan(0.75 * first);
      assertThat(last).as("phase two, seed %d", seed).isLessThan(represented);
    }
  }

  private PreprocessRequest.Input input(String type) {
    return new PreprocessRequest.Input(
        type, SAMPLES.resolve(type).resolve("raw"), folder.resolve(type));
  }

  private TrainRequest request(Path dataset, long seed) {
    return new TrainRequest(
        "quality",
        "tiny",
        dataset,
        folder.resolve("run-" + seed),
        48_000,
        MAX_STEPS,
        OptionalLong.of(PHASE_ONE_STEPS),
        PHASE_ONE_STEPS / 4,
        MAX_STEPS,
        MAX_STEPS,
        4,
        SIGNAL_SAMPLES,
        seed,
        "cpu",
        2,
        true,
        Optional.empty());
  }

  /** Validation distances by step. */
  private static final class Curve implements ProcessReporter {
    private final Map<Long, Double> distances = new TreeMap<>();

    @Override
    public void validation(long step, int phase, double distance, Map<String, Double> measures) {
      distances.put(step, Math.round(1000 * distance) / 1000.0);
    }

    @Override
    public void progress(String stage, long step, long totalSteps, Map<String, Double> measures) {
      assertThat(measures.values()).allMatch(Double::isFinite);
    }

    @Override
    public void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes) {
      assertThat(path).isRegularFile();
    }

    @Override
    public void warning(String message) {
      System.out.println(message);
    }
  }
}
