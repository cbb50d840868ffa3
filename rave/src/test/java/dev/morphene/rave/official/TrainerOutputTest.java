package dev.morphene.rave.official;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TrainerOutputTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void barsTellTheStepWithoutTheValidationsBatches() {
    TrainerOutput output = new TrainerOutput(16, 4);
    assertThat(output.accept("Sanity Checking DataLoader 0:  50%|#####     | 1/2 [00:00<00:00]"))
        .isFalse();
    assertThat(output.accept("Sanity Checking: 0it [00:00, ?it/s]")).isFalse();
    assertThat(output.stage()).isEqualTo(TrainerOutput.Stage.STARTING);
    assertThat(output.accept("train set: 32 examples")).isTrue();
    assertThat(output.accept("Epoch 12:  44%|████▍     | 4/9 [00:01<00:01,  3.91it/s, v_num=0]"))
        .isFalse();
    assertThat(output.step()).isEqualTo(OptionalLong.of(12 * 8 + 4));
    output.accept("Epoch 12: 100%|##########| 9/9 [00:01<00:00,  1.20s/it, v_num=0]");
    assertThat(output.step()).isEqualTo(OptionalLong.of(12 * 8 + 8));
    assertThat(output.stage()).isEqualTo(TrainerOutput.Stage.TRAINING);
    assertThat(output.lines()).containsExactly("train set: 32 examples");
    output.accept("`Trainer.fit` stopped: `max_steps=104` reached.");
    assertThat(output.stage()).isEqualTo(TrainerOutput.Stage.ENDING);
    assertThat(output.end()).isEqualTo(TrainerOutput.End.ALL_STEPS);
  }

  @Test
  void bothFormsOfTheGpuLineAreUnderstood() {
    for (String used :
        List.of("GPU available: True, used: True", "GPU available: True (cuda), used: True")) {
      TrainerOutput output = new TrainerOutput(16, 4);
      output.accept(used);
      assertThat(output.gpu()).isEqualTo(TrainerOutput.Gpu.USED);
      output.accept(used.replace("used: True", "used: False"));
      assertThat(output.gpu()).isEqualTo(TrainerOutput.Gpu.NOT_USED);
    }
    assertThat(new TrainerOutput(16, 4).gpu()).isEqualTo(TrainerOutput.Gpu.NOT_SAID);
  }

  @Test
  void silenceCountsByStageAndAChattyStandstillCountsToo() {
    Patience patience = Patience.STANDARD.forDataset(24_000_000_000L);
    HangWatch watch = new HangWatch(patience, 0, 0);
    long readingEnds = patience.silence(TrainerOutput.Stage.STARTING).toNanos();
    assertThat(patience.silence(TrainerOutput.Stage.STARTING)).isEqualTo(Duration.ofMinutes(30));
    assertThat(watch.hangs(TrainerOutput.Stage.STARTING, readingEnds)).isEmpty();
    assertThat(watch.hangs(TrainerOutput.Stage.STARTING, readingEnds + SECOND)).isPresent();

    watch.step(100, readingEnds);
    long now = readingEnds;
    for (int minute = 0; minute < 60; minute++) {
      now += 60 * SECOND;
      watch.life(now);
      assertThat(watch.hangs(TrainerOutput.Stage.TRAINING, now)).isEmpty();
    }
    assertThat(watch.hangs(TrainerOutput.Stage.TRAINING, now + SECOND))
        .hasValueSatisfying(why -> assertThat(why).contains("no step").contains("step 100"));
    assertThat(watch.hangs(TrainerOutput.Stage.ENDING, now + SECOND)).isEmpty();
  }

  @Test
  void aLossThatIsNoNumberIsNoticedAndOthersAreNot() {
    Figures figures = new Figures();
    figures.take(
        List.of(new Scalar(50, "adversarial", Double.NaN), new Scalar(50, "epoch", 3)), false);
    assertThat(figures.noNumber()).isEmpty();
    figures.take(
        List.of(new Scalar(100, "multiband_spectral_distance", Double.POSITIVE_INFINITY)), false);
    assertThat(figures.noNumber()).hasValueSatisfying(bad -> assertThat(bad.step()).isEqualTo(100));
    assertThat(figures.losses()).containsOnlyKeys("adversarial");
  }

  @Test
  void aValidationWaitsForItsOtherFigures() {
    Figures figures = new Figures();
    assertThat(figures.take(List.of(new Scalar(20, "validation", 4)), false)).isEmpty();
    assertThat(figures.take(List.of(new Scalar(20, "fidelity_0.95", 7)), false))
        .singleElement()
        .satisfies(
            validation -> {
              assertThat(validation.step()).isEqualTo(20);
              assertThat(validation.measures()).containsEntry("fidelity_0.95", 7.0);
            });
    assertThat(figures.take(List.of(), true)).isEmpty();
  }
}
