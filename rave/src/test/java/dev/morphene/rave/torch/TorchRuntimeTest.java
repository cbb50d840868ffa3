package dev.morphene.rave.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TorchRuntimeTest {
  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 1);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  /** A child named by a number, a weight, a counter, and methods of every kind of value. */
  private static ScriptModule sample() {
    ScriptModule child =
        ScriptModule.builder("__torch__.test.Scale")
            .parameter("weight", TensorData.ofFloats(new float[] {2, 3}, 2))
            .methods(
                """
                def forward(self, x: Tensor) -> Tensor:
                  return torch.mul(x, self.weight)
                """)
            .build();
    return ScriptModule.builder("__torch__.test.Sample")
        .buffer("steps", TensorData.scalar(0L))
        .attribute("labels", ScriptValue.texts(List.of("a", "b")))
        .attribute("gain", ScriptValue.tuple(ScriptValue.of(0.5)))
        .attribute("kept", ScriptValue.tensors(List.of(TensorData.scalar(7f))))
        .child("0", child)
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return getattr(self, "0").forward(x)
            def train_step(self, x: Tensor, rate: float) -> float:
              loss = torch.sum(torch.pow(self.forward(x), 2))
              found = torch.grad([loss], [getattr(self, "0").weight])
              gradient = torch._unwrap_optional(found[0])
              torch.set_grad_enabled(False)
              torch.add_(getattr(self, "0").weight, gradient, alpha=-rate)
              torch.add_(self.steps, 1)
              return float(loss)
            def leave_gradients_off(self) -> int:
              torch.set_grad_enabled(False)
              assert False, "stopped on purpose"
              return 0
            def everything(self, i: int, b: bool, s: str, xs: List[float], t: Tuple[int, str]) \
            -> Tuple[int, float, bool, str, List[str], List[int], List[float], List[Tensor], Tensor]:
              flipped = torch.transpose(self.kept[0] + torch.ones([2, 3]), 0, 1)
              return (i + t[0], xs[1] + self.gain[0], not b, s + t[1], self.labels, [1, 2], [0.5], \
            self.kept, flipped)
            """)
        .build();
  }

  @Test
  void valuesOfEveryTypeGoInAndComeOut() {
    try (TorchModule module = runtime.load(sample(), true)) {
      List<ScriptValue> result =
          module
              .run(
                  "everything",
                  false,
                  ScriptValue.of(3),
                  ScriptValue.of(true),
                  ScriptValue.of("é"),
                  ScriptValue.reals(List.of(1.0, 2.0)),
                  ScriptValue.tuple(ScriptValue.of(4), ScriptValue.of("!")))
              .asList();
      assertThat(result.get(0).asLong()).isEqualTo(7);
      assertThat(result.get(1).asDouble()).isEqualTo(2.5);
      assertThat(result.get(2).asBoolean()).isFalse();
      assertThat(result.get(3).asText()).isEqualTo("é!");
      assertThat(result.get(4)).isEqualTo(ScriptValue.texts(List.of("a", "b")));
      assertThat(result.get(5)).isEqualTo(ScriptValue.ints(List.of(1L, 2L)));
      assertThat(result.get(6)).isEqualTo(ScriptValue.reals(List.of(0.5)));
      assertThat(result.get(7)).isEqualTo(ScriptValue.tensors(List.of(TensorData.scalar(7f))));
      assertThat(result.get(8).asTensor())
          .isEqualTo(TensorData.ofFloats(new float[] {8, 8, 8, 8, 8, 8}, 3, 2));
    }
  }

  @Test
  void whatIsLoadedTrainableBeginsInTraining() {
    ScriptModule child =
        ScriptModule.builder("__torch__.test.Child")
            .methods("def trains(self) -> bool:\n  return self.training\n")
            .build();
    ScriptModule parent =
        ScriptModule.builder("__torch__.test.Parent")
            .child("child", child)
            .methods("def trains(self) -> bool:\n  return self.child.trains()\n")
            .build();
    for (boolean trainable : new boolean[] {true, false}) {
      try (TorchModule module = runtime.load(parent, trainable)) {
        assertThat(module.run("trains", false).asBoolean()).isEqualTo(trainable);
        module.setTraining(!trainable);
        assertThat(module.run("trains", false).asBoolean()).isEqualTo(!trainable);
      }
    }
  }

  @Test
  void aStepTrainsTheWeights() {
    try (TorchModule module = runtime.load(sample(), true)) {
      TensorData x = TensorData.ofFloats(new float[] {1, 1}, 2);
      double loss =
          module.run("train_step", true, ScriptValue.of(x), ScriptValue.of(0.25)).asDouble();
      assertThat(loss).isEqualTo(13);
      Map<String, TensorData> tensors = module.tensors();
      assertThat(tensors.get("0.weight")).isEqualTo(TensorData.ofFloats(new float[] {1, 1.5f}, 2));
      assertThat(tensors.get("steps").longs()).containsExactly(1);
      module.setTensors(Map.of("0.weight", TensorData.ofFloats(new float[] {5, 6}, 2)));
      assertThat(module.run("forward", false, ScriptValue.of(x)).asTensor().floats())
          .containsExactly(5, 6);
      assertThat(module.run("train_step", true, ScriptValue.of(x), ScriptValue.of(0.25)).asDouble())
          .isEqualTo(61);
    }
  }

  @Test
  void aStepTrainsOnAnotherThreadAndAfterAFailure() throws InterruptedException {
    try (TorchModule module = runtime.load(sample(), true)) {
      List<Object> outcome = new ArrayList<>();
      Thread worker =
          new Thread(
              () -> {
                try {
                  assertThatThrownBy(() -> module.run("leave_gradients_off", true))
                      .isInstanceOf(JobFailure.class)
                      .hasMessageContaining("stopped on purpose");
                  TensorData x = TensorData.ofFloats(new float[] {1, 1}, 2);
                  outcome.add(
                      module
                          .run("train_step", true, ScriptValue.of(x), ScriptValue.of(0.25))
                          .asDouble());
                } catch (RuntimeException | AssertionError e) {
                  outcome.add(e);
                }
              },
              "training-test");
      worker.start();
      worker.join();
      assertThat(outcome).containsExactly(13.0);
    }
  }

  @Test
  void wrongShapesAndNamesAreRefused() {
    try (TorchModule module = runtime.load(sample(), false)) {
      assertThatThrownBy(() -> module.setTensors(Map.of("0.weight", TensorData.scalar(1f))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has [2] where 0.weight");
      assertThatThrownBy(() -> module.setTensors(Map.of("weight", TensorData.scalar(1f))))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void tensorsLargerThanOnePartAllArrive() {
    int count = 6 << 20;
    ScriptModule.Builder builder = ScriptModule.builder("__torch__.test.Large");
    Map<String, TensorData> values = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      builder.buffer("large" + i, TensorData.zeros(count));
      float[] data = new float[count];
      Arrays.fill(data, i + 1);
      data[count - 1] = -i;
      values.put("large" + i, TensorData.ofFloats(data, count));
    }
    builder.buffer("untouched", TensorData.scalar(9L));
    builder.buffer("last", TensorData.zeros(2, 1));
    values.put("last", TensorData.ofFloats(new float[] {3, 4}, 2, 1));
    try (TorchModule module = runtime.load(builder.build(), false)) {
      module.setTensors(values);
      Map<String, TensorData> tensors = module.tensors();
      assertThat(tensors).containsAllEntriesOf(values).hasSize(5);
      assertThat(tensors.get("untouched")).isEqualTo(TensorData.scalar(9L));
    }
  }

  @Test
  void archivesThatAreNoneAreUnreadable() {
    assertThatThrownBy(() -> runtime.load(new byte[1000], false))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.UNREADABLE));
  }

  @Test
  void devicesThatAreNotThereAreRefused() {
    assertThatThrownBy(() -> TorchRuntime.open("tpu", 1)).hasMessageContaining("cpu or cuda:N");
    assertThatThrownBy(() -> TorchRuntime.open("cuda:99", 1)).hasMessageContaining("cuda:99");
  }

  @Test
  void aSeedRepeatsRandomNumbers() {
    ScriptModule random =
        ScriptModule.builder("__torch__.test.Random")
            .methods(
                """
                def draw(self) -> Tensor:
                  return torch.rand([4])
                """)
            .build();
    try (TorchModule module = runtime.load(random, false)) {
      runtime.seed(42);
      TensorData first = module.run("draw", false).asTensor();
      TensorData second = module.run("draw", false).asTensor();
      runtime.seed(42);
      assertThat(module.run("draw", false).asTensor()).isEqualTo(first).isNotEqualTo(second);
    }
  }
}
