package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.TensorData;
import java.util.Random;

/**
 * Initial tensors of one convolution: weights and bias uniform within 1/√fan-in (He et al., arXiv
 * 1502.01852, with a = √5), norms such that weight normalisation changes nothing at first.
 *
 * @param weight (output, input, kernel), or (output, input, kernel, 1) when folded
 * @param norms (output, 1, 1) or (output, 1, 1, 1)
 * @param bias (output)
 */
record InitialWeights(TensorData weight, TensorData norms, TensorData bias) {

  static InitialWeights of(int output, int input, int kernel, boolean folded, Random random) {
    int fanIn = input * kernel;
    double bound = 1 / Math.sqrt(fanIn);
    float[] weight = new float[output * fanIn];
    float[] norms = new float[output];
    for (int o = 0; o < output; o++) {
      double squares = 0;
      for (int i = o * fanIn; i < (o + 1) * fanIn; i++) {
        weight[i] = uniform(bound, random);
        squares += (double) weight[i] * weight[i];
      }
      norms[o] = (float) Math.sqrt(squares);
    }
    float[] bias = new float[output];
    for (int o = 0; o < output; o++) {
      bias[o] = uniform(bound, random);
    }
    return folded
        ? new InitialWeights(
            TensorData.ofFloats(weight, output, input, kernel, 1),
            TensorData.ofFloats(norms, output, 1, 1, 1),
            TensorData.ofFloats(bias, output))
        : new InitialWeights(
            TensorData.ofFloats(weight, output, input, kernel),
            TensorData.ofFloats(norms, output, 1, 1),
            TensorData.ofFloats(bias, output));
  }

  private static float uniform(double bound, Random random) {
    return (float) ((2 * random.nextDouble() - 1) * bound);
  }
}
