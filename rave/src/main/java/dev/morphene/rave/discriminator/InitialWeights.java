package dev.morphene.rave.discriminator;

import dev.morphene.rave.archive.TensorData;
import java.util.Arrays;
import java.util.Random;

/**
 * Initial tensors of one convolution: weights and bias uniform within 1/√fan-in (He et al., arXiv
 * 1502.01852, with a = √5), norms such that weight normalisation changes nothing at first.
 *
 * @param weight (output, input, kernel...)
 * @param norms (output, 1, 1...), as many axes as the weight
 * @param bias (output)
 */
record InitialWeights(TensorData weight, TensorData norms, TensorData bias) {

  static InitialWeights of(long[] shape, Random random) {
    int output = Math.toIntExact(shape[0]);
    int fanIn = Math.toIntExact(TensorData.elementCount(shape) / output);
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
    long[] normShape = new long[shape.length];
    Arrays.fill(normShape, 1);
    normShape[0] = output;
    return new InitialWeights(
        TensorData.ofFloats(weight, shape),
        TensorData.ofFloats(norms, normShape),
        TensorData.ofFloats(bias, output));
  }

  private static float uniform(double bound, Random random) {
    return (float) ((2 * random.nextDouble() - 1) * bound);
  }
}
