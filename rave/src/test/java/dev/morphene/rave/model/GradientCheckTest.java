package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.Layer.AdaptiveNormalisation;
import dev.morphene.rave.model.Layer.BatchNormalisation;
import dev.morphene.rave.model.Layer.Convolution;
import dev.morphene.rave.model.Layer.Residual;
import dev.morphene.rave.model.Layer.ResidualStack;
import dev.morphene.rave.model.Layer.Snake;
import dev.morphene.rave.model.Layer.TransposedConvolution;
import dev.morphene.rave.model.Layer.Upsampling;
import dev.morphene.rave.model.NetworkStyle.Padding;
import dev.morphene.rave.process.Precision;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gradients of the training form against differences of its values, in double precision: of a
 * random projection of the output, along a random direction of the input and of every parameter.
 */
class GradientCheckTest {
  private static final String CHECK =
      """
      def check(self, x: Tensor, seed: int) -> List[float]:
        for name, tensor in self.named_tensors().items():
          if tensor.is_floating_point():
            tensor.set_data(torch.to(torch.detach(tensor), 7))
        torch.manual_seed(seed)
        torch.set_grad_enabled(False)
        for parameter in self.parameter_list():
          torch.add_(parameter, torch.mul(torch.randn_like(parameter), 0.3))
        torch.set_grad_enabled(True)
        x = torch.requires_grad_(torch.to(x, 7), True)
        variables = [x] + self.parameter_list()
        torch.manual_seed(seed)
        projection = torch.randn_like(self.block.forward(x))
        torch.manual_seed(seed)
        found = torch.grad([torch.sum(torch.mul(self.block.forward(x), projection))], variables)
        errors = annotate(List[float], [])
        torch.set_grad_enabled(False)
        for i in range(len(variables)):
          variable = variables[i]
          torch.manual_seed(seed + 1 + i)
          direction = torch.randn_like(variable)
          analytic = float(torch.sum(torch.mul(torch._unwrap_optional(found[i]), direction)))
          before = torch.clone(variable)
          values = annotate(List[float], [])
          for step in [1e-6, -1e-6]:
            torch.copy_(variable, torch.add(before, torch.mul(direction, step)))
            torch.manual_seed(seed)
            values.append(float(torch.sum(torch.mul(self.block.forward(x), projection))))
          torch.copy_(variable, before)
          numeric = (values[0] - values[1]) / 2e-6
          scale = abs(analytic) + abs(numeric)
          errors.append(abs(analytic - numeric) / max(scale, 1e-3))
          errors.append(scale)
        torch.set_grad_enabled(True)
        return errors
      """;

  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  /**
   * @param leastSlope along each of the directions, so that there is something to compare
   */
  private static void assertGradients(ScriptModule block, TensorData x, double leastSlope) {
    int parameters = block.parameterPaths().size();
    ScriptModule root =
        ScriptModule.builder("__torch__.test.Check").child("block", block).methods(CHECK).build();
    try (TorchModule module = runtime.load(root, true)) {
      List<ScriptValue> errors =
          module.run("check", true, ScriptValue.of(x), ScriptValue.of(17L)).asList();
      assertThat(errors).hasSize(2 * (1 + parameters));
      for (int i = 0; i < errors.size(); i += 2) {
        assertThat(errors.get(i).asDouble())
            .as("relative error of variable %d", i / 2)
            .isLessThan(1e-5);
        assertThat(errors.get(i + 1).asDouble())
            .as("slope of variable %d", i / 2)
            .isGreaterThanOrEqualTo(leastSlope);
      }
    }
  }

  private static Convolution convolution(int kernel, int dilation) {
    return Convolution.dilated(3, 3, kernel, dilation, Padding.CENTERED);
  }

  static Stream<Arguments> layers() {
    Residual unit = new Residual(convolution(3, 3), convolution(1, 1));
    return Stream.of(
        Arguments.of(new Snake(3)),
        Arguments.of(new AdaptiveNormalisation(3)),
        Arguments.of(new BatchNormalisation(3)),
        Arguments.of(unit),
        Arguments.of(
            new ResidualStack(
                List.of(
                    new Residual(convolution(3, 1), convolution(3, 1)),
                    new Residual(convolution(3, 5), convolution(3, 1))))),
        Arguments.of(new Upsampling(new TransposedConvolution(3, 2, 4))),
        Arguments.of(Convolution.of(3, 4, 8, Padding.CAUSAL).strided(4)),
        Arguments.of(Convolution.of(4, 6, 5, Padding.CENTERED).grouped(2).plain()));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void layersHaveTheGradientsOfTheirValues(Layer layer) {
    ModelWeights weights =
        ModelWeights.partial(
            RaveConfig.preset("tiny", 44_100),
            ModelWeights.initial(Layer.under("layer", layer.tensors()), 1));
    ScriptModule block =
        new LayerPrinter(Form.TRAINING, weights, Precision.FP32).layer(layer, "layer");
    int channels = layer instanceof Convolution convolution ? convolution.inChannels() : 3;
    assertGradients(block, LivelyWeights.noise(3, 2, channels, 24), 1e-3);
  }

  /** Heads, amplitude modulation, loudness and the noise synthesiser included. */
  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "v2_small", "v2_small+snake", "v2_small+causal"})
  void soHaveWholeDecoders(String preset) {
    ModelWeights weights = LivelyWeights.of(SmallConfigs.narrow(preset, 2), 4);
    ScriptModule decoder = RaveNetwork.of(weights, Form.TRAINING).decoder();
    assertGradients(decoder, LivelyWeights.noise(5, 1, weights.config().latentSize(), 4), 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v3"})
  void soHaveWholeEncoders(String preset) {
    ModelWeights weights = LivelyWeights.of(SmallConfigs.narrow(preset, 2), 4);
    ScriptModule encoder = RaveNetwork.of(weights, Form.TRAINING).encoder();
    assertGradients(encoder, LivelyWeights.noise(5, 1, 16, 512), 1e-3);
  }

  /** Alone and with loud features, since in a decoder its gradients are almost nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2_small", "v2+noise"})
  void soHasTheNoiseSynthesiser(String preset) {
    ModelWeights weights = LivelyWeights.of(SmallConfigs.narrow(preset, 2), 4);
    ScriptModule decoder = RaveNetwork.of(weights, Form.TRAINING).decoder();
    ScriptModule noise =
        preset.equals("v1")
            ? decoder.children().get("synth").children().get("branches").children().get("2")
            : decoder.children().get("noise_module");
    float[] features = LivelyWeights.noise(5, 1, 2, 256).floats();
    for (int i = 0; i < features.length; i++) {
      features[i] *= 40;
    }
    assertGradients(noise, TensorData.ofFloats(features, 1, 2, 256), 1e-2);
  }
}
