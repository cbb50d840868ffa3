package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.JobStopped;
import dev.morphene.rave.process.ProcessReporter;
import dev.morphene.rave.process.StopSignal;
import dev.morphene.rave.torch.TorchRuntime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RehearsalTest {
  private static final int STEPS = 7;
  private static final int SIGNAL_SAMPLES = 37_888;

  private final List<String> stages = new ArrayList<>();
  private boolean stop;

  private RehearsalResult rehearse(TorchRuntime runtime) throws InterruptedException {
    RaveConfig config = RaveConfig.preset("tiny", 48_000).withPhaseOneSteps(STEPS);
    BatchSource batches =
        new BatchSource(new NoiseItems(4, 1, 48_000, 2 * SIGNAL_SAMPLES), 2, SIGNAL_SAMPLES, 1);
    AtomicLong clock = new AtomicLong();
    try (Trainer trainer = new Trainer(runtime, config, 1, false)) {
      trainer.measureReceptiveField();
      return new Rehearsal(
              trainer,
              batches,
              STEPS,
              false,
              new Stages(),
              new Stop(),
              // Every look at it costs a second: one of waiting, one of computing.
              () -> clock.addAndGet(1_000_000_000))
          .run();
    }
  }

  @Test
  void bothPhasesAreMeasured() throws InterruptedException {
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2)) {
      RehearsalResult result = rehearse(runtime);
      assertThat(result.realData()).isFalse();
      assertThat(result.phases())
          .extracting(RehearsalResult.PhaseCost::phase)
          .containsExactly(1, 2);
      for (RehearsalResult.PhaseCost cost : result.phases()) {
        assertThat(cost.steps()).isEqualTo(STEPS);
        assertThat(cost.medianStepSeconds()).isEqualTo(2);
        assertThat(cost.meanStepSeconds()).isEqualTo(2);
        assertThat(cost.dataWaitShare()).isEqualTo(0.5);
        assertThat(cost.peakResidentBytes().orElse(Long.MAX_VALUE)).isGreaterThan(1 << 20);
      }
      assertThat(stages).hasSize(2 * STEPS + 1);
      assertThat(stages.get(STEPS)).isEqualTo("representation");
      assertThat(stages.get(STEPS + 1)).isEqualTo("adversarial");
      stages.clear();
      stop = true;
      assertThatThrownBy(() -> rehearse(runtime)).isInstanceOf(JobStopped.class);
    }
  }

  private final class Stop implements StopSignal {
    @Override
    public boolean stopRequested() {
      return stop;
    }

    @Override
    public boolean takeCheckpointRequest() {
      return false;
    }
  }

  private final class Stages implements ProcessReporter {
    @Override
    public void progress(String stage, long step, long totalSteps, Map<String, Double> measures) {
      assertThat(step).isEqualTo(stages.size());
      stages.add(stage);
      assertThat(totalSteps).isEqualTo(2 * STEPS);
    }

    @Override
    public void validation(long step, int phase, double distance, Map<String, Double> measures) {
      throw new AssertionError("A rehearsal tells of no validation.");
    }

    @Override
    public void checkpoint(long step, int phase, Path path, String sha256, long sizeBytes) {
      throw new AssertionError("A rehearsal writes no checkpoint.");
    }

    @Override
    public void warning(String message) {
      throw new AssertionError(message);
    }
  }
}
