package dev.morphene.rave.torch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneDnnComparisonTest {
  private static final int SAMPLES = 2_048;

  private TorchRuntime runtime;
  private boolean avoided;

  @BeforeEach
  void start() {
    runtime = TorchRuntime.open("cpu", 1);
    avoided = OneDnn.isAvoided();
    OneDnn.avoid(runtime);
  }

  @AfterEach
  void stop() {
    if (!avoided) {
      OneDnn.trust(runtime);
    }
    runtime.close();
  }

  /** Sums over three samples and all channels, as many channels out as in. */
  private static ScriptModule sums(int channels) {
    return ScriptModule.builder("__torch__.test.Sums")
        .buffer("weight", OneDnnComparison.noise(channels, channels, 3))
        .methods(
            """
            def call(self, x: Tensor) -> Tensor:
              return torch.conv1d(x, self.weight, None, [1], [1], [1], 1)
            """)
        .build();
  }

  /** Also where the processor is one on which oneDNN loses weights of 24 channels. */
  @ParameterizedTest
  @ValueSource(ints = {16, 24, 28, 96})
  void whatItServesIsRight(int channels) {
    TensorData x = OneDnnComparison.noise(1, channels, SAMPLES);
    try (TorchModule module = runtime.load(sums(channels), false)) {
      TensorData expected = module.run("call", false, ScriptValue.of(x)).asTensor();
      OneDnnComparison comparison = new OneDnnComparison(runtime);
      for (int call = 0; call < 2; call++) {
        TensorData found =
            comparison.run(
                "sums",
                () -> List.of(module.run("call", false, ScriptValue.of(x)).asTensor()),
                () -> module.run("call", false, ScriptValue.of(x)).asTensor());
        assertThat(OneDnnComparison.agree(List.of(expected), List.of(found))).isTrue();
      }
      assertThat(OneDnn.isAvoided()).isTrue();
    }
  }

  @Test
  void eachKindIsComparedOnceAndWhatDisagreesIsDoneWithout() {
    OneDnnComparison comparison = new OneDnnComparison(runtime);
    int[] samples = {0};
    for (int call = 0; call < 3; call++) {
      String result =
          comparison.run(
              "one that never gives the same",
              () -> List.of(TensorData.scalar((float) ++samples[0])),
              () -> "done");
      assertThat(result).isEqualTo("done");
    }
    assertThat(samples[0]).isEqualTo(2);
  }

  @Test
  void whereItIsTrustedNothingIsCompared() {
    OneDnn.trust(runtime);
    String result =
        new OneDnnComparison(runtime)
            .run(
                "anything",
                () -> {
                  throw new AssertionError("compared");
                },
                () -> "done");
    assertThat(result).isEqualTo("done");
    OneDnn.avoid(runtime);
  }

  private static boolean agree(float... found) {
    TensorData zeros = TensorData.zeros(3);
    return OneDnnComparison.agree(
        List.of(zeros, TensorData.ofFloats(new float[] {1, 0, -2}, 3)),
        List.of(zeros, TensorData.ofFloats(found, 3)));
  }

  @Test
  void agreementIsOfEveryValueAndZerosProveNothing() {
    assertThat(agree(1, 1e-4f, -2)).isTrue();
    assertThat(agree(1, 0.05f, -2)).isFalse();
    assertThat(agree(1, Float.NaN, -2)).isFalse();
    TensorData zeros = TensorData.zeros(3);
    assertThat(OneDnnComparison.agree(List.of(zeros), List.of(zeros))).isFalse();
  }
}
