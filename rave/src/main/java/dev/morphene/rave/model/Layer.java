package dev.morphene.rave.model;

import dev.morphene.rave.model.NetworkStyle.Padding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One layer of the network's stacks; time runs along the last axis of (batch, channels, time). */
sealed interface Layer {
  /** Output samples for each input sample, as a fraction: up over down. */
  default int upsampling() {
    return 1;
  }

  default int downsampling() {
    return 1;
  }

  /** What streaming has to wait for, in this layer's input samples. */
  default int inputDelay() {
    return 0;
  }

  /** Delay that streaming adds at the output, in this layer's output samples. */
  default int outputDelay() {
    return 0;
  }

  /** How far back an output reaches, in this layer's input samples. */
  default int past() {
    return 0;
  }

  /** Its tensors by their names below the layer's own, in the order of the state dict. */
  default Map<String, TensorSpec> tensors() {
    return Map.of();
  }

  /** Tensors with a name put before theirs. */
  static Map<String, TensorSpec> under(String name, Map<String, TensorSpec> tensors) {
    Map<String, TensorSpec> named = new LinkedHashMap<>();
    tensors.forEach((key, spec) -> named.put(name + "." + key, spec));
    return named;
  }

  /**
   * Zeros around a signal.
   *
   * @param left before the first sample
   * @param right after the last one; the look-ahead
   */
  record Window(int left, int right) {
    /** For as many outputs as inputs; centred, an even window reaches one sample further ahead. */
    static Window of(int kernel, int dilation, Padding padding) {
      int reach = (kernel - 1) * dilation;
      return padding == Padding.CAUSAL
          ? new Window(reach, 0)
          : new Window(reach / 2, (reach + 1) / 2);
    }

    int total() {
      return left + right;
    }
  }

  /**
   * A convolution without bias. Padding is zeros.
   *
   * @param groups of channels that do not see each other
   * @param normalised weight norm: the weight is kept as length and direction
   * @param alignment samples by which streaming gives its input late, so that strides fall where
   *     they do offline
   */
  record Convolution(
      int inChannels,
      int outChannels,
      int kernel,
      int stride,
      int dilation,
      int groups,
      Window window,
      boolean normalised,
      int alignment)
      implements Layer {

    /** Weight-normalised, of one group and stride 1. */
    static Convolution of(int inChannels, int outChannels, int kernel, Padding padding) {
      return dilated(inChannels, outChannels, kernel, 1, padding);
    }

    /** As {@link #of}, with gaps between the taps. */
    static Convolution dilated(
        int inChannels, int outChannels, int kernel, int dilation, Padding padding) {
      Window window = Window.of(kernel, dilation, padding);
      return new Convolution(inChannels, outChannels, kernel, 1, dilation, 1, window, true, 0);
    }

    Convolution strided(int other) {
      return new Convolution(
          inChannels, outChannels, kernel, other, dilation, groups, window, normalised, alignment);
    }

    Convolution grouped(int other) {
      return new Convolution(
          inChannels, outChannels, kernel, stride, dilation, other, window, normalised, alignment);
    }

    Convolution within(Window other) {
      return new Convolution(
          inChannels, outChannels, kernel, stride, dilation, groups, other, normalised, alignment);
    }

    /** Without weight norm. */
    Convolution plain() {
      return new Convolution(
          inChannels, outChannels, kernel, stride, dilation, groups, window, false, alignment);
    }

    Convolution late(int samples) {
      return new Convolution(
          inChannels, outChannels, kernel, stride, dilation, groups, window, normalised, samples);
    }

    @Override
    public int downsampling() {
      return stride;
    }

    @Override
    public int inputDelay() {
      return window.right() + alignment;
    }

    @Override
    public int past() {
      return window.left();
    }

    @Override
    public Map<String, TensorSpec> tensors() {
      return weights(normalised, outChannels, inChannels / groups, kernel);
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

    @Override
    public int past() {
      return 1;
    }

    @Override
    public Map<String, TensorSpec> tensors() {
      return weights(true, inChannels, outChannels, 2L * ratio);
    }
  }

  private static Map<String, TensorSpec> weights(boolean normalised, long... shape) {
    Map<String, TensorSpec> tensors = new LinkedHashMap<>();
    if (normalised) {
      tensors.put("weight_g", TensorSpec.norms(shape[0]));
      tensors.put("weight_v", TensorSpec.weight(shape));
    } else {
      tensors.put("weight", TensorSpec.weight(shape));
    }
    return tensors;
  }

  /** x + outer(act(inner(act(x)))), the inner convolution dilated. */
  record Residual(Convolution inner, Convolution outer) implements Layer {
    @Override
    public int inputDelay() {
      return inner.inputDelay() + outer.inputDelay();
    }

    @Override
    public int past() {
      return inner.past() + outer.past();
    }

    @Override
    public Map<String, TensorSpec> tensors() {
      return under("aligned.branches.0.net", convolutions());
    }

    private Map<String, TensorSpec> convolutions() {
      Map<String, TensorSpec> tensors = new LinkedHashMap<>(under("1", inner.tensors()));
      tensors.putAll(under("3", outer.tensors()));
      return tensors;
    }
  }

  /** Residual units of the first generation, one after another. */
  record ResidualStack(List<Residual> units) implements Layer {
    public ResidualStack {
      units = List.copyOf(units);
    }

    @Override
    public int inputDelay() {
      return units.stream().mapToInt(Residual::inputDelay).sum();
    }

    @Override
    public int past() {
      return units.stream().mapToInt(Residual::past).sum();
    }

    @Override
    public Map<String, TensorSpec> tensors() {
      Map<String, TensorSpec> tensors = new LinkedHashMap<>();
      for (int i = 0; i < units.size(); i++) {
        String unit = "net.branches.0.net." + i + ".net.aligned.branches.0";
        tensors.putAll(under(unit, units.get(i).convolutions()));
      }
      return tensors;
    }
  }

  /** A leaky ReLU of slope 0.2 and a transposed convolution, as the first generation has them. */
  record Upsampling(TransposedConvolution transposed) implements Layer {
    @Override
    public int upsampling() {
      return transposed.upsampling();
    }

    @Override
    public int outputDelay() {
      return transposed.outputDelay();
    }

    @Override
    public int past() {
      return transposed.past();
    }

    @Override
    public Map<String, TensorSpec> tensors() {
      return under("net.1", transposed.tensors());
    }
  }

  /** Leaky ReLU of slope 0.2. */
  record Activation() implements Layer {}

  /** x + sin²(αx)/α with a trained α per channel (Ziyin et al., arXiv 2006.08195). */
  record Snake(int channels) implements Layer {
    @Override
    public Map<String, TensorSpec> tensors() {
      return Map.of("alpha", TensorSpec.parameter(1, channels, 1));
    }
  }

  /** Batch normalisation (Ioffe and Szegedy, arXiv 1502.03167) over batch and time. */
  record BatchNormalisation(int channels) implements Layer {
    static final double EPSILON = 1e-5;
    static final double MOMENTUM = 0.1;

    @Override
    public Map<String, TensorSpec> tensors() {
      Map<String, TensorSpec> tensors = new LinkedHashMap<>();
      tensors.put("weight", TensorSpec.parameter(1, channels));
      tensors.put("bias", TensorSpec.parameter(0, channels));
      tensors.put("running_mean", TensorSpec.buffer(0, channels));
      tensors.put("running_var", TensorSpec.buffer(1, channels));
      tensors.put("num_batches_tracked", TensorSpec.integers(0));
      return tensors;
    }
  }

  /**
   * Adaptive instance normalisation (Huang and Belongie, arXiv 1703.06868): gives a signal that
   * sounds like x the mean and the deviation over time of one that sounds like y. Of both there is
   * one row per stream.
   */
  record AdaptiveNormalisation(int channels) implements Layer {
    static final double EPSILON = 1e-5;

    @Override
    public Map<String, TensorSpec> tensors() {
      Map<String, TensorSpec> tensors = new LinkedHashMap<>();
      for (String side : List.of("x", "y")) {
        tensors.put("mean_" + side, TensorSpec.buffer(0, Form.MAXIMUM_STREAMS, channels, 1));
        tensors.put("std_" + side, TensorSpec.buffer(1, Form.MAXIMUM_STREAMS, channels, 1));
        tensors.put("learn_" + side, TensorSpec.buffer(0, 1));
        tensors.put("num_update_" + side, TensorSpec.buffer(0, 1));
      }
      return tensors;
    }
  }

  /** Layers one after another, named by their index in the state dict. */
  record Stack(List<Layer> layers) {
    public Stack {
      layers = List.copyOf(layers);
    }

    Map<String, TensorSpec> tensors() {
      Map<String, TensorSpec> tensors = new LinkedHashMap<>();
      for (int i = 0; i < layers.size(); i++) {
        tensors.putAll(under(Integer.toString(i), layers.get(i).tensors()));
      }
      return tensors;
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

    /** How far back an output reaches, in the unit of the input's period, or a little less. */
    int past(int inputPeriod) {
      int period = inputPeriod;
      int past = 0;
      for (Layer layer : layers) {
        past += layer.past() * period;
        period = period * layer.downsampling() / layer.upsampling();
      }
      return past;
    }
  }
}
