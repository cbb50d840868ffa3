package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.training.TrainingSchedule.Kind;
import org.junit.jupiter.api.Test;

class TrainingScheduleTest {
  private final TrainingSchedule v2 =
      new TrainingSchedule(RaveConfig.preset("v2", 48_000).training());

  @Test
  void theRateFallsLinearlyOverPhaseOneThenStays() {
    assertThat(v2.generatorRate(0)).isEqualTo(1e-3);
    assertThat(v2.generatorRate(500_000)).isCloseTo(5.5e-4, within(1e-12));
    assertThat(v2.generatorRate(1_000_000)).isCloseTo(1e-4, within(1e-12));
    assertThat(v2.generatorRate(3_000_000)).isCloseTo(1e-4, within(1e-12));
  }

  @Test
  void betaRisesGeometricallyThenStays() {
    assertThat(v2.beta(0)).isCloseTo(1e-6, within(1e-15));
    assertThat(v2.beta(10_000)).isCloseTo(Math.sqrt(1e-6 * 0.05), within(1e-12));
    assertThat(v2.beta(20_000)).isCloseTo(0.05, within(1e-12));
    assertThat(v2.beta(2_000_000)).isCloseTo(0.05, within(1e-12));
  }

  @Test
  void phaseTwoTakesTurns() {
    assertThat(v2.kind(0)).isEqualTo(Kind.REPRESENTATION);
    assertThat(v2.kind(999_999)).isEqualTo(Kind.REPRESENTATION);
    assertThat(v2.kind(1_000_000)).isEqualTo(Kind.DISCRIMINATOR);
    assertThat(v2.kind(1_000_001)).isEqualTo(Kind.GENERATOR);
    assertThat(v2.kind(1_000_003)).isEqualTo(Kind.GENERATOR);
    assertThat(v2.kind(1_000_004)).isEqualTo(Kind.DISCRIMINATOR);
    assertThat(v2.phaseAfter(1_000_000)).isEqualTo(1);
    assertThat(v2.phaseAfter(1_000_001)).isEqualTo(2);
  }
}
