package dev.morphene.rave.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import java.util.List;

/**
 * Compares the gradient of a scalar with central differences, in double precision: along random
 * directions of its argument and of all parameters together.
 */
public final class LossGradients {
  private static final int DIRECTIONS = 4;

  /**
   * Of the gradient's length. Rounding leaves some 1e-16 / 1e-6 of the loss and curvature 1e-12;
   * among a million leaky units some change sides within the step, which was seen to make 1e-5.
   */
  private static final double TOLERANCE = 1e-4;

  private static final String ALONG =
      """
      def along(self, x: Tensor, seed: int) -> List[float]:
        for name, tensor in self.named_tensors().items():
          if tensor.is_floating_point():
            tensor.set_data(torch.to(torch.detach(tensor), 7))
        variables = [torch.requires_grad_(torch.detach(torch.to(x, 7)), True)] + self.parameter_list()
        found = torch.grad([self.loss(variables[0])], variables, None, None, False, True)
        torch.set_grad_enabled(False)
        torch.manual_seed(seed)
        directions = annotate(List[Tensor], [])
        starts = annotate(List[Tensor], [])
        for variable in variables:
          direction = torch.randn_like(variable)
          directions.append(direction)
          starts.append(torch.clone(variable))
        analytic = 0.
        length = 0.
        for i in range(len(variables)):
          gradient = found[i]
          if gradient is not None:
            analytic = analytic + float(torch.sum(gradient * directions[i]))
            length = length + float(torch.sum(gradient * gradient))
        values = annotate(List[float], [])
        for step in [STEP, -STEP]:
          for i in range(len(variables)):
            torch.copy_(variables[i], starts[i] + directions[i] * step)
          values.append(float(self.loss(variables[0])))
        for i in range(len(variables)):
          torch.copy_(variables[i], starts[i])
        torch.set_grad_enabled(True)
        return [analytic, (values[0] - values[1]) / (2. * STEP), length ** 0.5]
      """
          .replace("STEP", "1e-6");

  private LossGradients() {}

  /**
   * @param lossModule with a method {@code loss(x: Tensor) -> Tensor} that gives the same for the
   *     same
   * @param x where it is smooth
   */
  public static void check(TorchRuntime runtime, ScriptModule.Builder lossModule, TensorData x) {
    try (TorchModule module = runtime.load(lossModule.methods(ALONG).build(), true)) {
      for (long seed = 0; seed < DIRECTIONS; seed++) {
        List<ScriptValue> found =
            module.run("along", true, ScriptValue.of(x), ScriptValue.of(seed)).asList();
        double analytic = found.get(0).asDouble();
        double length = found.get(2).asDouble();
        assertThat(length).as("length of the gradient").isPositive();
        assertThat(found.get(1).asDouble())
            .as("along direction %d", seed)
            .isCloseTo(analytic, within(TOLERANCE * Math.max(length, Math.abs(analytic))));
      }
    }
  }
}
