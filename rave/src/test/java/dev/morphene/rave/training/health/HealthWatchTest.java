package dev.morphene.rave.training.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.process.HealthCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthWatchTest {
  private static final int DISCRIMINATORS = 8;

  private final HealthWatch watch = HealthWatch.of(true, DISCRIMINATORS);

  private static ValidationReading healthy(long step) {
    return new ValidationReading(step, 1, 1.0 / (step + 1), 0.01, 0.009, 0, 0, 20);
  }

  private static ValidationReading sounding(
      long step, double inputPower, double outputPower, double inputClipped, double outputClipped) {
    return new ValidationReading(
        step, 1, 1.0 / (step + 1), inputPower, outputPower, inputClipped, outputClipped, 20);
  }

  private static List<HealthCondition> conditions(List<HealthEvent> events) {
    return events.stream().map(HealthEvent::condition).toList();
  }

  /** Each of so many discriminators has the loss. */
  private List<HealthEvent> discriminatorSteps(int count, double loss, double margin) {
    List<HealthEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.addAll(
          watch.afterStep(
              i,
              Map.of(
                  "loss_dis",
                  DISCRIMINATORS * loss,
                  "pred_real",
                  margin / 2,
                  "pred_fake",
                  -margin / 2)));
    }
    return events;
  }

  @Test
  void aHealthyRunSaysNothing() {
    for (int step = 0; step < 3_000; step++) {
      assertThat(watch.afterStep(step, Map.of("regularization", 30.0))).isEmpty();
    }
    assertThat(discriminatorSteps(2_000, 1.4, 0.6)).isEmpty();
    for (long step = 0; step < 40_000; step += 1_000) {
      assertThat(watch.afterValidation(healthy(step))).isEmpty();
    }
  }

  @Test
  void silenceIsToldOnceAndAgainAfterItHasGone() {
    assertThat(conditions(watch.afterValidation(sounding(2_000, 0.01, 1e-9, 0, 0))))
        .containsExactly(HealthCondition.SILENCE);
    assertThat(watch.afterValidation(sounding(3_000, 0.01, 1e-9, 0, 0))).isEmpty();
    assertThat(watch.afterValidation(sounding(4_000, 0.01, 0.008, 0, 0))).isEmpty();
    List<HealthEvent> again = watch.afterValidation(sounding(5_000, 0.01, 0, 0, 0));
    assertThat(again).hasSize(1);
    assertThat(again.get(0).step()).isEqualTo(5_000);
    assertThat(again.get(0).message()).contains("-120 dB for recordings at -20 dB").endsWith(".");
  }

  @Test
  void aNewModelAndSilentRecordingsAreNotJudged() {
    assertThat(watch.afterValidation(sounding(0, 0.01, 1e-9, 0, 0.5))).isEmpty();
    assertThat(watch.afterValidation(sounding(2_000, 1e-8, 0, 0, 0))).isEmpty();
  }

  @Test
  void clippingIsJudgedByTheRecordings() {
    assertThat(watch.afterValidation(sounding(2_000, 0.2, 0.2, 0.01, 0.05))).isEmpty();
    assertThat(conditions(watch.afterValidation(sounding(3_000, 0.2, 0.5, 0.001, 0.05))))
        .containsExactly(HealthCondition.CLIPPING);
  }

  @Test
  void collapsedLatentsAreFoundByDivergenceOrByActivity() {
    for (int step = 0; step < 200; step++) {
      watch.afterStep(step, Map.of("regularization", 0.001));
    }
    assertThat(conditions(watch.afterValidation(healthy(2_000))))
        .containsExactly(HealthCondition.COLLAPSE);

    HealthWatch other = HealthWatch.of(true, DISCRIMINATORS);
    ValidationReading inactive = new ValidationReading(2_000, 1, 0.1, 0.01, 0.01, 0, 0, 0);
    assertThat(other.afterValidation(inactive)).isEmpty();
    for (int step = 0; step < 200; step++) {
      other.afterStep(step, Map.of("regularization", 5.0));
    }
    assertThat(conditions(other.afterValidation(inactive)))
        .containsExactly(HealthCondition.COLLAPSE);
    assertThat(HealthWatch.of(false, DISCRIMINATORS).afterValidation(inactive)).isEmpty();
  }

  @Test
  void discriminatorsWithoutALossOrWithAnEverLargerMarginHaveRunAway() {
    assertThat(conditions(discriminatorSteps(600, 0.01, 3)))
        .containsExactly(HealthCondition.RUNAWAY);
    assertThat(discriminatorSteps(RunawayCheck.WINDOW, 1.0, 1)).isEmpty();
    List<HealthEvent> events = new ArrayList<>();
    for (double margin = 2; margin <= 6; margin++) {
      events.addAll(discriminatorSteps(RunawayCheck.WINDOW, 0.5, margin));
    }
    assertThat(conditions(events)).containsExactly(HealthCondition.RUNAWAY);
    assertThat(events.get(0).measures()).containsEntry("margin", 5.0);
    assertThat(events.get(0).isFailure()).isTrue();
  }

  @Test
  void aPlateauIsOfOnePhaseAndNoFailure() {
    List<HealthEvent> events = new ArrayList<>();
    for (int i = 0; i <= PlateauCheck.PATIENCE; i++) {
      events.addAll(
          watch.afterValidation(
              new ValidationReading(i * 1_000L, 1, 0.5 - 1e-5 * i, 0.01, 0.01, 0, 0, 20)));
    }
    assertThat(conditions(events)).containsExactly(HealthCondition.PLATEAU);
    assertThat(events.get(0).isFailure()).isFalse();
    assertThat(events.get(0).step()).isEqualTo(10_000);
    // The adversarial phase begins with a larger distance and a record of its own.
    assertThat(watch.afterValidation(new ValidationReading(20_000, 2, 0.9, 0.01, 0.01, 0, 0, 20)))
        .isEmpty();
  }

  @Test
  void activeLatentsAreThoseThatMove() {
    ActiveLatents active = new ActiveLatents();
    active.add(new float[] {1, 0.05f, -1, -1, 0.06f, -1}, 3);
    active.add(new float[] {1, 0.05f, -1, 3, 0.04f, -1}, 3);
    assertThat(active.count()).isEqualTo(1);
  }
}
