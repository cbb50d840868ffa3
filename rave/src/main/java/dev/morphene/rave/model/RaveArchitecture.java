package dev.morphene.rave.model;

import dev.morphene.rave.model.Layer.Activation;
import dev.morphene.rave.model.Layer.Convolution;
import dev.morphene.rave.model.Layer.Residual;
import dev.morphene.rave.model.Layer.Stack;
import dev.morphene.rave.model.Layer.TransposedConvolution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The layers of a RAVE v2 encoder and decoder; the one description that training, audit and export
 * are printed from.
 */
public final class RaveArchitecture {
  private static final int EDGE_KERNEL = 7;

  private final RaveConfig config;
  private final Stack encoder;
  private final Stack decoder;
  private final Optional<Convolution> waveform;
  private final List<Convolution> noise;

  private RaveArchitecture(
      RaveConfig config,
      Stack encoder,
      Stack decoder,
      Optional<Convolution> waveform,
      List<Convolution> noise) {
    this.config = config;
    this.encoder = encoder;
    this.decoder = decoder;
    this.waveform = waveform;
    this.noise = List.copyOf(noise);
  }

  public static RaveArchitecture of(RaveConfig config) {
    Convolution last =
        Convolution.centred(config.capacity(), 2 * planes(config), EDGE_KERNEL, 1, 1);
    List<Layer> decoder = decoderBody(config);
    if (config.noise().isEmpty()) {
      decoder.add(new Activation());
      decoder.add(last);
      return new RaveArchitecture(
          config, encoder(config), new Stack(decoder), Optional.empty(), List.of());
    }
    decoder.add(new Activation());
    return new RaveArchitecture(
        config,
        encoder(config),
        new Stack(decoder),
        Optional.of(last),
        noise(config, config.noise().get()));
  }

  private static Stack encoder(RaveConfig config) {
    List<Layer> layers = new ArrayList<>();
    int channels = config.capacity();
    layers.add(Convolution.centred(planes(config), channels, EDGE_KERNEL, 1, 1));
    for (int stage = 0; stage < config.ratios().size(); stage++) {
      int ratio = config.ratios().get(stage);
      for (int dilation : config.dilations().get(stage)) {
        layers.add(new Residual(channels, config.kernelSize(), dilation));
      }
      layers.add(new Activation());
      layers.add(Convolution.centred(channels, 2 * channels, 2 * ratio, ratio, 1));
      channels *= 2;
    }
    layers.add(new Activation());
    layers.add(Convolution.centred(channels, 2 * config.latentSize(), config.kernelSize(), 1, 1));
    return new Stack(layers);
  }

  private static List<Layer> decoderBody(RaveConfig config) {
    List<Layer> layers = new ArrayList<>();
    int stages = config.ratios().size();
    int channels = config.capacity() << stages;
    layers.add(Convolution.centred(config.latentSize(), channels, config.kernelSize(), 1, 1));
    for (int stage = stages - 1; stage >= 0; stage--) {
      layers.add(new Activation());
      layers.add(new TransposedConvolution(channels, channels / 2, config.ratios().get(stage)));
      channels /= 2;
      for (int dilation : config.dilations().get(stage)) {
        layers.add(new Residual(channels, config.kernelSize(), dilation));
      }
    }
    return layers;
  }

  private static List<Convolution> noise(RaveConfig config, NoiseBranch branch) {
    List<Convolution> convolutions = new ArrayList<>();
    int channels = config.capacity();
    for (int i = 0; i < branch.ratios().size(); i++) {
      int ratio = branch.ratios().get(i);
      boolean last = i == branch.ratios().size() - 1;
      int out = last ? planes(config) * branch.filterBands() : branch.hiddenChannels();
      // All padding in the past, so that the branch looks no further ahead than its frame.
      convolutions.add(new Convolution(channels, out, 2 * ratio, ratio, 1, ratio, 0, false));
      channels = out;
    }
    return convolutions;
  }

  private static int planes(RaveConfig config) {
    return config.bands() * config.channels();
  }

  public RaveConfig config() {
    return config;
  }

  /** Bands times channels. */
  int planes() {
    return planes(config);
  }

  Stack encoder() {
    return encoder;
  }

  /** With a noise branch it ends in the features that both heads read. */
  Stack decoder() {
    return decoder;
  }

  /** The head of the waveform; absent when it is the decoder's last layer. */
  Optional<Convolution> waveform() {
    return waveform;
  }

  /** Convolutions of the noise branch, activations between them; empty without one. */
  List<Convolution> noise() {
    return noise;
  }

  /**
   * Shapes of all trained tensors by official key: {@code weight_g} and {@code weight_v} of
   * normalised layers, {@code weight} of others, in the order of the optimiser.
   */
  public Map<String, long[]> parameterShapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    addStack(shapes, "encoder.encoder.net", encoder);
    waveform.ifPresent(layer -> addConvolution(shapes, "decoder.waveform_module", layer));
    for (int i = 0; i < noise.size(); i++) {
      addConvolution(shapes, "decoder.noise_module.net." + 2 * i, noise.get(i));
    }
    addStack(shapes, "decoder.net", decoder);
    return shapes;
  }

  private static void addStack(Map<String, long[]> shapes, String root, Stack stack) {
    for (int i = 0; i < stack.layers().size(); i++) {
      Layer layer = stack.layers().get(i);
      String key = root + "." + i;
      if (layer instanceof Convolution convolution) {
        addConvolution(shapes, key, convolution);
      } else if (layer instanceof TransposedConvolution transposed) {
        addNormalised(shapes, key, transposed.weightShape());
      } else if (layer instanceof Residual residual) {
        String branch = key + ".aligned.branches.0.net.";
        addConvolution(shapes, branch + 1, residual.inner());
        addConvolution(shapes, branch + 3, residual.outer());
      }
    }
  }

  private static void addConvolution(
      Map<String, long[]> shapes, String key, Convolution convolution) {
    if (convolution.normalised()) {
      addNormalised(shapes, key, convolution.weightShape());
    } else {
      shapes.put(key + ".weight", convolution.weightShape());
    }
  }

  private static void addNormalised(Map<String, long[]> shapes, String key, long[] shape) {
    shapes.put(key + ".weight_g", new long[] {shape[0], 1, 1});
    shapes.put(key + ".weight_v", shape);
  }

  /**
   * Delay of streaming encoding in audio samples: the streaming encoder gives what the offline one
   * gives for audio delayed by so much.
   */
  public int encoderDelaySamples() {
    return (Pqmf.PADDING_BAND_SAMPLES + encoder.delay(1)) * config.bands();
  }

  /** Delay of streaming decoding in audio samples. */
  public int decoderDelaySamples() {
    return (StreamingAlignment.of(this).totalBandSamples() + Pqmf.PADDING_BAND_SAMPLES)
        * config.bands();
  }

  /** Band samples of one latent frame. */
  int frameBandSamples() {
    return config.compressionRatio() / config.bands();
  }
}
