package dev.morphene.rave.model;

import java.util.List;

/** One layer of the network's stacks; time runs along the last axis of (batch, channels, time). */
sealed interface Layer {
  /** Output samples for each input sample, as a fraction: up over down. */
  default int upsampling() {
    return 1;
  }

  default int downsampling() {
    return 1;
  }

  /** Look-ahead, in this layer's input samples; what streaming has to wait for. */
  default int inputDelay() {
    return 0;
  }

  /** Delay that streaming adds at the output, in this layer's output samples. */
  default int outputDelay() {
    return 0;
  }

  /**
   * A convolution without bias. Padding is zeros.
   *
   * @param left zeros before the first sample
   * @param right zeros after the last one; the look-ahead
   * @param normalised weight norm: the weight is kept as length and direction
   */
  record Convolution(
      int inChannels,
      int outChannels,
      int kernel,
      int stride,
      int dilation,
      int left,
      int right,
      boolean normalised)
      implements Layer {

    /** Weight-normalised, with the window centred; an even one reaches one sample further ahead. */
    static Convolution centred(
        int inChannels, int outChannels, int kernel, int stride, int dilation) {
      int reach = (kernel - 1) * dilation;
      return new Convolution(
          inChannels, outChannels, kernel, stride, dilation, reach / 2, (reach + 1) / 2, true);
    }

    @Override
    public int downsampling() {
      return stride;
    }

    @Override
    public int inputDelay() {
      return right;
    }

    long[] weightShape() {
      return new long[] {outChannels, inChannels, kernel};
    }
  }

  /**
   * A transposed convolution, weight-normalised, without bias: kernel 2r, stride r, padding r/2, so
   * that n samples become exactly n·r.
   */
  record TransposedConvolution(int inChannels, int outChannels, int ratio) implements Layer {
    @Override
    public int upsampling() {
      return ratio;
    }

    @Override
    public int outputDelay() {
      return ratio / 2;
    }

    long[] weightShape() {
      return new long[] {inChannels, outChannels, 2L * ratio};
    }
  }

  /** x + conv₁(act(conv_k(act(x)))), the inner convolution dilated. */
  record Residual(int channels, int kernel, int dilation) implements Layer {
    Convolution inner() {
      return Convolution.centred(channels, channels, kernel, 1, dilation);
    }

    Convolution outer() {
      return Convolution.centred(channels, channels, 1, 1, 1);
    }

    @Override
    public int inputDelay() {
      return inner().right();
    }
  }

  /** Leaky ReLU of slope 0.2. */
  record Activation() implements Layer {}

  /** Layers one after another, named by their index in the state dict. */
  record Stack(List<Layer> layers) {
    public Stack {
      layers = List.copyOf(layers);
    }

    /**
     * Delay of the stack in streaming.
     *
     * @param inputPeriod of one input sample, in any unit that makes all periods whole
     * @return in that unit
     */
    int delay(int inputPeriod) {
      int period = inputPeriod;
      int delay = 0;
      for (Layer layer : layers) {
        delay += layer.inputDelay() * period;
        period = period * layer.downsampling() / layer.upsampling();
        delay += layer.outputDelay() * period;
      }
      return delay;
    }
  }
}
