package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.torch.TorchRuntime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much an output sample hears, against what was measured on official models. */
class ReceptiveFieldTest {
  @ParameterizedTest
  @CsvSource({
    "v1, 24109, 22060",
    "onnx, 24109, 22060",
    "v2, 27117, 26428",
    "v3, 27117, 26428",
    "v2+causal, 51497, 0",
    "tiny, 10093, 10044",
    "v2_small+causal, 20137, 0",
    "discrete, 17901, 17724",
    // Officially 10597: the noise branch's outermost gradients are around 1e-44, where single
    // precision ends.
    "v2_small, 10605, 10044"
  })
  void itIsTheOfficialOneAndDoesNotDependOnTheWidth(String preset, int left, int right) {
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2)) {
      MeasuredReceptiveField field =
          MeasuredReceptiveField.measure(runtime, SmallConfigs.narrow(preset, 4));
      assertThat(field).isEqualTo(new MeasuredReceptiveField(left, right));
    }
  }
}
