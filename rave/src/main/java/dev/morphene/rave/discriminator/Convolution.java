package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A convolution with bias over one axis or two; the lists have one number for each axis.
 *
 * @param outputs channels
 * @param inputs channels
 */
record Convolution(
    int outputs,
    int inputs,
    List<Integer> kernel,
    List<Integer> stride,
    List<Integer> dilation,
    List<Integer> padding) {

  /**
   * Padded so that without stride the length stays; odd kernels.
   *
   * @param kernel and the others: one number for each axis
   */
  static Convolution centred(
      int outputs, int inputs, List<Integer> kernel, List<Integer> stride, List<Integer> dilation) {
    List<Integer> padding = new ArrayList<>();
    for (int axis = 0; axis < kernel.size(); axis++) {
      padding.add((kernel.get(axis) - 1) / 2 * dilation.get(axis));
    }
    return new Convolution(outputs, inputs, kernel, stride, dilation, padding);
  }

  /** As {@link #centred(int, int, List, List, List)}, without dilation. */
  static Convolution centred(int outputs, int inputs, List<Integer> kernel, List<Integer> stride) {
    return centred(outputs, inputs, kernel, stride, kernel.stream().map(size -> 1).toList());
  }

  private long[] shape() {
    long[] shape = new long[2 + kernel.size()];
    shape[0] = outputs;
    shape[1] = inputs;
    for (int axis = 0; axis < kernel.size(); axis++) {
      shape[2 + axis] = kernel.get(axis);
    }
    return shape;
  }

  /** Weight-normalised (Salimans and Kingma, arXiv 1602.07868) over all axes but the first. */
  ScriptModule normalised(Random random) {
    InitialWeights weights = InitialWeights.of(shape(), random);
    ScriptModule.Builder builder =
        ScriptModule.builder(DiscriminatorModule.PACKAGE + "Normalised" + axes())
            .parameter("bias", weights.bias())
            .parameter("weight_g", weights.norms())
            .parameter("weight_v", weights.weight());
    return print(builder, "torch._weight_norm(self.weight_v, self.weight_g, 0)");
  }

  ScriptModule plain(Random random) {
    InitialWeights weights = InitialWeights.of(shape(), random);
    ScriptModule.Builder builder =
        ScriptModule.builder(DiscriminatorModule.PACKAGE + "Plain" + axes())
            .parameter("weight", weights.weight())
            .parameter("bias", weights.bias());
    return print(builder, "self.weight");
  }

  private String axes() {
    return "Convolution" + kernel.size() + "d";
  }

  private ScriptModule print(ScriptModule.Builder builder, String weight) {
    return builder
        .attribute("stride", numbers(stride))
        .attribute("padding", numbers(padding))
        .attribute("dilation", numbers(dilation))
        .methods(
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.conv%dd(x, %s, self.bias, self.stride, self.padding, self.dilation)
            """
                .formatted(kernel.size(), weight))
        .build();
  }

  private static ScriptValue numbers(List<Integer> values) {
    return ScriptValue.ints(values.stream().map(Integer::longValue).toList());
  }
}
