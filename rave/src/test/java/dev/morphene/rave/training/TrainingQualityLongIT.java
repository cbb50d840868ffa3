package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.audio.RecordedJob;
import dev.morphene.rave.audit.FrameRateTones;
import dev.morphene.rave.dataset.TrainingDataset;
import dev.morphene.rave.model.CheckpointCodec;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.preprocess.PreprocessRunner;
import dev.morphene.rave.process.PreprocessRequest;
import dev.morphene.rave.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The small model learns the bundled recordings, whatever the seed. Both phases are measured on
 * recordings that are not trained on, by the multi-scale spectral distance at full band, which both
 * must lower. The tones at multiples of the latent frame rate ({@link FrameRateTones}), the
 * artefact that this distance hardly sees, are printed beside it: a phase as short as this does not
 * lower them. More is in docs/training.md.
 *
 * <p>Of the second phase the mean over its second half counts, so that no single good step is taken
 * for progress. On one thread, so that the figures are the same every time.
 */
class TrainingQualityLongIT {
  private static final Path SAMPLES = Path.of("..", "samples", "pyroviolin");
  private static final RaveConfig CONFIG = RaveConfig.preset("tiny", 48_000);
  private static final int SIGNAL_SAMPLES = 40_960;
  private static final int BATCH = 4;

  private static final long PHASE_ONE_STEPS = Long.getLong("morphene.quality.steps", 400);
  private static final long PHASE_TWO_STEPS = PHASE_ONE_STEPS / 2;
  private static final int MEASURES_OF_A_PHASE = 4;

  /** Also makes as many further steps of the first phase in place of the second. */
  private static final boolean WITH_CONTROL = Boolean.getBoolean("morphene.quality.control");

  @TempDir Path folder;

  /** One look at a model. */
  private record Point(long step, double distance, double tonesDecibels) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d: %.3f, %.2f dB", step, distance, tonesDecibels);
    }
  }

  @Test
  @Timeout(7_200)
  void bothPhasesBringReconstructionsNearerToWhatTheyHaveNotHeard() throws Exception {
    try (TrainingDataset dataset = dataset();
        TorchRuntime runtime = TorchRuntime.open("cpu", 1)) {
      HeldOutRecordings recordings = HeldOutRecordings.of(dataset, BATCH, SIGNAL_SAMPLES);
      System.out.printf(
          Locale.ROOT,
          "%d chunks to train on, %d batches to measure with; the recordings' tones %.2f dB%n",
          recordings.training().size(),
          recordings.batches().size(),
          recordings.items().stream()
              .mapToDouble(item -> FrameRateTones.decibels(item, CONFIG.compressionRatio()))
              .average()
              .orElseThrow());
      SoftAssertions all = new SoftAssertions();
      for (long seed = 1; seed <= 3; seed++) {
        new SeededTraining(runtime, recordings, seed).check(all);
      }
      all.assertAll();
    }
  }

  private TrainingDataset dataset() throws Exception {
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
    return TrainingDataset.open(dataset);
  }

  private PreprocessRequest.Input input(String type) {
    return new PreprocessRequest.Input(
        type, SAMPLES.resolve(type).resolve("raw"), folder.resolve(type));
  }

  /** A run of both phases, and one of the first phase alone that is as long. */
  private static final class SeededTraining {
    private final TorchRuntime runtime;
    private final HeldOutRecordings recordings;
    private final long seed;
    private final BatchSource batches;

    SeededTraining(TorchRuntime runtime, HeldOutRecordings recordings, long seed) {
      this.runtime = runtime;
      this.recordings = recordings;
      this.seed = seed;
      this.batches = new BatchSource(recordings.training(), BATCH, SIGNAL_SAMPLES, seed);
    }

    void check(SoftAssertions all) {
      List<Point> first;
      List<Point> second;
      Trainer.Snapshot represented;
      try (Trainer trainer = trainer(PHASE_ONE_STEPS)) {
        trainer.measureReceptiveField();
        first = train("phase one", trainer, 0, PHASE_ONE_STEPS);
        represented = trainer.snapshot();
        second = train("phase two", trainer, PHASE_ONE_STEPS, PHASE_TWO_STEPS);
      }
      if (WITH_CONTROL) {
        try (Trainer trainer = trainer(PHASE_ONE_STEPS + PHASE_TWO_STEPS)) {
          trainer.restore(represented);
          train("phase one for longer", trainer, PHASE_ONE_STEPS, PHASE_TWO_STEPS);
        }
      }
      Point untrained = first.get(0);
      Point before = first.get(first.size() - 1);
      all.assertThat(before.distance())
          .as("phase one, seed %d", seed)
          .isLessThan(0.75 * untrained.distance());
      all.assertThat(secondHalf(second).distance())
          .as("distance of phase two, seed %d", seed)
          .isLessThan(before.distance());
    }

    private Trainer trainer(long phaseOneSteps) {
      return new Trainer(runtime, CONFIG.withPhaseOneSteps(phaseOneSteps), seed, false);
    }

    /** Makes steps; measures before the first step of all, and on the way. */
    private List<Point> train(String phase, Trainer trainer, long from, long steps) {
      List<Point> points = new ArrayList<>();
      if (from == 0) {
        points.add(measure(phase, trainer, 0));
      }
      for (long step = 1; step <= steps; step++) {
        StepLosses losses = trainer.step(from + step - 1, batches.training(from + step - 1));
        assertThat(losses.finite())
            .as("losses of %s, seed %d, step %d: %s", phase, seed, from + step - 1, losses)
            .isTrue();
        if (step % (steps / MEASURES_OF_A_PHASE) == 0) {
          points.add(measure(phase, trainer, from + step));
        }
      }
      return points;
    }

    private Point measure(String phase, Trainer trainer, long step) {
      double distance = 0;
      for (int i = 0; i < recordings.batches().size(); i++) {
        distance += trainer.validate(i, recordings.batches().get(i)).distance();
      }
      double tones = 0;
      List<float[]> items = recordings.items();
      ModelWeights weights = ModelWeights.of(CONFIG, trainer.snapshot().weights());
      try (CheckpointCodec codec = new CheckpointCodec(runtime, weights)) {
        for (float[] item : items) {
          float[] rebuilt = codec.decode(codec.encode(item));
          tones += FrameRateTones.decibels(rebuilt, CONFIG.compressionRatio());
        }
      }
      Point point = new Point(step, distance / recordings.batches().size(), tones / items.size());
      System.out.printf("seed %d, %s, step %s%n", seed, phase, point);
      return point;
    }

    private static Point secondHalf(List<Point> points) {
      List<Point> half = points.subList(points.size() / 2, points.size());
      return new Point(
          half.get(half.size() - 1).step(),
          half.stream().mapToDouble(Point::distance).average().orElseThrow(),
          half.stream().mapToDouble(Point::tonesDecibels).average().orElseThrow());
    }
  }
}
