package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import org.junit.jupiter.api.Test;

class RaveConfigTest {
  @Test
  void presetsHaveTheirCompressionRatios() {
    assertThat(RaveConfig.preset("v2", 44_100).compressionRatio()).isEqualTo(2048);
    assertThat(RaveConfig.preset("v2_small", 44_100).compressionRatio()).isEqualTo(512);
    assertThat(RaveConfig.preset("tiny", 44_100).compressionRatio()).isEqualTo(512);
  }

  @Test
  void everyPresetSurvivesJson() {
    for (String name : RaveConfig.presetNames()) {
      RaveConfig config = RaveConfig.preset(name, 48_000);
      assertThat(RaveConfig.fromJson(config.toJson())).isEqualTo(config);
    }
  }

  @Test
  void anUnknownNameIsRefusedWithTheKnownOnes() {
    assertThatThrownBy(() -> RaveConfig.preset("v9", 44_100))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessage(
            "Unknown configuration \"v9\"; choose one of v1, v2, v2_small, v3, discrete, onnx,"
                + " raspberry, tiny.");
  }

  @Test
  void valuesOutOfBoundsAreRefusedAlsoFromJson() {
    String json = RaveConfig.preset("tiny", 44_100).toJson();
    assertThatThrownBy(() -> RaveConfig.fromJson(json.replace("[4,2,2,2]", "[3,2,2,2]")))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("Ratios are even");
    assertThatThrownBy(() -> RaveConfig.fromJson("[1"))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.UNREADABLE));
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    String first = RaveConfig.preset("v1", 44_100).toJson();
    assertThatThrownBy(
            () -> RaveConfig.fromJson(first.replace("\"snake\":false", "\"snake\":true")))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("neither Snake nor adaptive");
    assertThatThrownBy(() -> RaveConfig.fromJson(first.replace("[4,4,4,2]", "[2,2,4,2]")))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("whole number of noise frames");
    RaveConfig odd = RaveConfig.preset("onnx", 44_100);
    assertThatThrownBy(() -> odd.withLatent(7, LatentSpace.SPHERICAL))
        .isInstanceOf(JobFailure.class)
        .hasMessageContaining("even number of outputs");
  }

  @Test
  void theRegulariserGrowsGeometrically() {
    TrainingConstants v2 = RaveConfig.preset("v2", 44_100).training();
    assertThat(v2.betaAt(0)).isEqualTo(1e-6);
    assertThat(v2.betaAt(10_000)).isCloseTo(Math.sqrt(1e-6 * 0.05), within(1e-12));
    assertThat(v2.betaAt(1_000_000)).isCloseTo(0.05, within(1e-12));
  }
}
