package dev.morphene.rave.model;

import dev.morphene.rave.model.Layer.Convolution;
import dev.morphene.rave.model.Layer.Residual;
import dev.morphene.rave.model.Layer.ResidualStack;
import dev.morphene.rave.model.Layer.Stack;
import dev.morphene.rave.model.Layer.TransposedConvolution;
import dev.morphene.rave.model.Layer.Upsampling;
import java.util.List;
import java.util.Optional;

/**
 * Floating point operations of a model's convolutions and filter banks for one second of audio; a
 * multiplication and an addition count as two. Activations are left out.
 *
 * @param encode operations of encoding
 * @param decode operations of decoding
 */
record Arithmetic(double encode, double decode) {
  static Arithmetic of(RaveConfig config) {
    RaveArchitecture architecture = RaveArchitecture.of(config);
    double bandRate = (double) config.samplingRateHz() / config.bands();
    Pass encoder = new Pass(bandRate);
    encoder.filterBank(config);
    architecture.encoder().layers().forEach(encoder::add);
    Pass decoder = new Pass(bandRate / architecture.frameBandSamples());
    architecture.decoder().layers().forEach(decoder::add);
    for (Optional<Convolution> head : List.of(architecture.waveform(), architecture.loudness())) {
      head.ifPresent(convolution -> decoder.aside(List.of(convolution)));
    }
    decoder.aside(architecture.noise());
    decoder.filterBank(config);
    return new Arithmetic(2 * encoder.products, 2 * decoder.products);
  }

  /** The way of a signal through layers. */
  private static final class Pass {
    private double rateHz;
    private double products;

    Pass(double rateHz) {
      this.rateHz = rateHz;
    }

    void filterBank(RaveConfig config) {
      double taps = Pqmf.analysisKernel().floats().length;
      products += rateHz * config.channels() * taps;
    }

    /** Layers whose input others need as well. */
    void aside(List<Convolution> convolutions) {
      Pass branch = new Pass(rateHz);
      convolutions.forEach(branch::add);
      products += branch.products;
    }

    void add(Layer layer) {
      if (layer instanceof Residual residual) {
        add(residual.inner());
        add(residual.outer());
      } else if (layer instanceof ResidualStack stack) {
        stack.units().forEach(this::add);
      } else if (layer instanceof Upsampling upsampling) {
        add(upsampling.transposed());
      } else if (layer instanceof Convolution convolution) {
        rateHz /= convolution.stride();
        products += rateHz * weights(convolution);
      } else if (layer instanceof TransposedConvolution transposed) {
        products += rateHz * weights(transposed);
        rateHz *= transposed.ratio();
      }
    }

    private static double weights(Layer convolution) {
      return new Stack(List.of(convolution))
          .tensors().entrySet().stream()
              .filter(
                  tensor ->
                      tensor.getKey().endsWith("weight") || tensor.getKey().endsWith("weight_v"))
              .mapToDouble(tensor -> size(tensor.getValue().shape()))
              .sum();
    }

    private static double size(long[] shape) {
      double product = 1;
      for (long length : shape) {
        product *= length;
      }
      return product;
    }
  }
}
