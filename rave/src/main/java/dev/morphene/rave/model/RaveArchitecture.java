package dev.morphene.rave.model;

import dev.morphene.rave.model.Layer.Activation;
import dev.morphene.rave.model.Layer.AdaptiveNormalisation;
import dev.morphene.rave.model.Layer.BatchNormalisation;
import dev.morphene.rave.model.Layer.Convolution;
import dev.morphene.rave.model.Layer.Residual;
import dev.morphene.rave.model.Layer.ResidualStack;
import dev.morphene.rave.model.Layer.Snake;
import dev.morphene.rave.model.Layer.Stack;
import dev.morphene.rave.model.Layer.TransposedConvolution;
import dev.morphene.rave.model.Layer.Upsampling;
import dev.morphene.rave.model.Layer.Window;
import dev.morphene.rave.model.NetworkStyle.Generation;
import dev.morphene.rave.model.NetworkStyle.Padding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The layers of a RAVE encoder and decoder, of either generation; the one description that
 * training, audit and export are printed from.
 */
public final class RaveArchitecture {
  private static final int EDGE_KERNEL = 7;
  private static final int FIRST_GENERATION_LATENT_KERNEL = 5;
  private static final int FIRST_GENERATION_KERNEL = 3;
  private static final String SYNTHESIS = "decoder.synth.branches.";

  private final RaveConfig config;
  private final Stack encoder;
  private final Stack decoder;
  private final Optional<Convolution> waveform;
  private final Optional<Convolution> loudness;
  private final List<Convolution> noise;

  private RaveArchitecture(
      RaveConfig config,
      Stack encoder,
      Stack decoder,
      Optional<Convolution> waveform,
      Optional<Convolution> loudness,
      List<Convolution> noise) {
    this.config = config;
    this.encoder = encoder;
    this.decoder = decoder;
    this.waveform = waveform;
    this.loudness = loudness;
    this.noise = List.copyOf(noise);
  }

  public static RaveArchitecture of(RaveConfig config) {
    return config.style().generation() == Generation.V1
        ? firstGeneration(config)
        : secondGeneration(config);
  }

  private static RaveArchitecture firstGeneration(RaveConfig config) {
    Padding padding = config.style().padding();
    int channels = config.capacity();
    return new RaveArchitecture(
        config,
        firstGenerationEncoder(config),
        firstGenerationDecoder(config),
        Optional.of(Convolution.of(channels, planes(config), EDGE_KERNEL, padding)),
        Optional.of(Convolution.of(channels, 1, FIRST_GENERATION_KERNEL, padding)),
        noise(config, FIRST_GENERATION_KERNEL));
  }

  private static RaveArchitecture secondGeneration(RaveConfig config) {
    Convolution last =
        Convolution.of(
            config.capacity(), 2 * planes(config), EDGE_KERNEL, config.style().padding());
    List<Layer> decoder = decoderBody(config);
    if (config.noise().isEmpty()) {
      decoder.add(last);
      return new RaveArchitecture(
          config,
          encoder(config),
          new Stack(decoder),
          Optional.empty(),
          Optional.empty(),
          List.of());
    }
    return new RaveArchitecture(
        config,
        encoder(config),
        new Stack(decoder),
        Optional.of(last),
        Optional.empty(),
        noise(config, 0));
  }

  private static Stack encoder(RaveConfig config) {
    Padding padding = config.style().padding();
    List<Layer> layers = new ArrayList<>();
    int channels = config.capacity();
    Convolution first = Convolution.of(planes(config), channels, EDGE_KERNEL, padding);
    layers.add(first);
    for (int stage = 0; stage < config.ratios().size(); stage++) {
      int ratio = config.ratios().get(stage);
      addResiduals(layers, config, stage, channels);
      layers.add(activation(config, channels));
      layers.add(Convolution.of(channels, 2 * channels, 2 * ratio, padding).strided(ratio));
      channels *= 2;
    }
    layers.add(activation(config, channels));
    layers.add(Convolution.of(channels, outputs(config), config.kernelSize(), padding));
    // The filter bank's signs alternate: late by an odd number they would be the wrong way round.
    layers.set(0, first.late(new Stack(layers).delay(1) % 2));
    return new Stack(layers);
  }

  /** Up to and with the activation before the heads. */
  private static List<Layer> decoderBody(RaveConfig config) {
    List<Layer> layers = new ArrayList<>();
    int stages = config.ratios().size();
    int channels = config.capacity() << stages;
    int inputs = config.latentSize() + config.latent().noiseChannels();
    layers.add(Convolution.of(inputs, channels, config.kernelSize(), config.style().padding()));
    for (int stage = stages - 1; stage >= 0; stage--) {
      layers.add(activation(config, channels));
      layers.add(new TransposedConvolution(channels, channels / 2, config.ratios().get(stage)));
      channels /= 2;
      addResiduals(layers, config, stage, channels);
    }
    layers.add(activation(config, channels));
    return layers;
  }

  private static Layer activation(RaveConfig config, int channels) {
    return config.style().snake() ? new Snake(channels) : new Activation();
  }

  private static void addResiduals(List<Layer> layers, RaveConfig config, int stage, int channels) {
    Padding padding = config.style().padding();
    for (int dilation : config.dilations().get(stage)) {
      if (config.style().adain()) {
        layers.add(new AdaptiveNormalisation(channels));
      }
      layers.add(
          new Residual(
              Convolution.dilated(channels, channels, config.kernelSize(), dilation, padding),
              Convolution.of(channels, channels, 1, padding)));
    }
  }

  private static Stack firstGenerationEncoder(RaveConfig config) {
    Padding padding = config.style().padding();
    List<Layer> layers = new ArrayList<>();
    int channels = config.capacity();
    Convolution first = Convolution.of(planes(config), channels, EDGE_KERNEL, padding).plain();
    layers.add(first);
    int late = first.inputDelay();
    for (int ratio : config.ratios()) {
      layers.add(new BatchNormalisation(channels));
      layers.add(new Activation());
      Convolution down =
          Convolution.of(channels, 2 * channels, 2 * ratio + 1, padding).strided(ratio).plain();
      // In streaming the encoder is late by whole frames, stage by stage.
      down = down.late(Math.floorMod(-late - down.inputDelay(), ratio));
      layers.add(down);
      late = (late + down.inputDelay()) / ratio;
      channels *= 2;
    }
    layers.add(new Activation());
    layers.add(
        Convolution.of(channels, outputs(config), FIRST_GENERATION_LATENT_KERNEL, padding)
            .grouped(2)
            .plain());
    return new Stack(layers);
  }

  /** The stages have the ratios in the encoder's order, not in reverse. */
  private static Stack firstGenerationDecoder(RaveConfig config) {
    Padding padding = config.style().padding();
    List<Layer> layers = new ArrayList<>();
    int channels = config.capacity() << config.ratios().size();
    int inputs = config.latentSize() + config.latent().noiseChannels();
    layers.add(Convolution.of(inputs, channels, EDGE_KERNEL, padding));
    for (int stage = 0; stage < config.ratios().size(); stage++) {
      int half = channels / 2;
      layers.add(
          new Upsampling(new TransposedConvolution(channels, half, config.ratios().get(stage))));
      channels = half;
      layers.add(
          new ResidualStack(
              config.dilations().get(stage).stream()
                  .map(
                      dilation ->
                          new Residual(
                              Convolution.dilated(
                                  half, half, FIRST_GENERATION_KERNEL, dilation, padding),
                              Convolution.of(half, half, FIRST_GENERATION_KERNEL, padding)))
                  .toList()));
    }
    return new Stack(layers);
  }

  /**
   * @param kernel 0 for one of twice the ratio
   */
  private static List<Convolution> noise(RaveConfig config, int kernel) {
    if (config.noise().isEmpty()) {
      return List.of();
    }
    NoiseBranch branch = config.noise().get();
    List<Convolution> convolutions = new ArrayList<>();
    int channels = config.capacity();
    for (int i = 0; i < branch.ratios().size(); i++) {
      int ratio = branch.ratios().get(i);
      boolean last = i == branch.ratios().size() - 1;
      int out = last ? planes(config) * branch.filterBands() : branch.hiddenChannels();
      Padding padding = config.style().padding();
      convolutions.add(
          kernel > 0
              ? Convolution.of(channels, out, kernel, padding).strided(ratio).plain()
              // All padding in the past, so that the branch looks no further ahead than its frame.
              : Convolution.of(channels, out, 2 * ratio, padding)
                  .within(new Window(ratio, 0))
                  .strided(ratio)
                  .plain());
      channels = out;
    }
    return convolutions;
  }

  private static int outputs(RaveConfig config) {
    return config.latentSize() * config.latent().encoderOutputs();
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

  /** It ends in the features that all heads read; without heads, in their sound. */
  Stack decoder() {
    return decoder;
  }

  /** The head of the waveform; absent when it is the decoder's last layer. */
  Optional<Convolution> waveform() {
    return waveform;
  }

  /** The head of the loudness, the same for all planes; only in the first generation. */
  Optional<Convolution> loudness() {
    return loudness;
  }

  /** Convolutions of the noise branch, activations between them; empty without one. */
  List<Convolution> noise() {
    return noise;
  }

  /** Look-ahead of the noise branch in band samples. */
  int noiseLookAhead() {
    return new Stack(List.copyOf(noise)).delay(1);
  }

  boolean firstGeneration() {
    return config.style().generation() == Generation.V1;
  }

  String waveformKey() {
    return firstGeneration() ? SYNTHESIS + 0 : "decoder.waveform_module";
  }

  String loudnessKey() {
    return SYNTHESIS + 1;
  }

  String noiseKey() {
    return firstGeneration() ? SYNTHESIS + 2 : "decoder.noise_module";
  }

  /**
   * All tensors of encoder and decoder by official key, in the order of the state dict: parameters
   * and buffers, without what makes a latent of the encoder's outputs.
   */
  public Map<String, TensorSpec> stateDictShapes() {
    Map<String, TensorSpec> tensors =
        new LinkedHashMap<>(Layer.under("encoder.encoder.net", encoder.tensors()));
    Map<String, TensorSpec> net = Layer.under("decoder.net", decoder.tensors());
    if (firstGeneration()) {
      tensors.put("decoder.warmed_up", TensorSpec.integers(0));
      tensors.putAll(net);
    }
    waveform.ifPresent(head -> tensors.putAll(Layer.under(waveformKey(), head.tensors())));
    loudness.ifPresent(head -> tensors.putAll(Layer.under(loudnessKey(), head.tensors())));
    config
        .noise()
        .ifPresent(
            branch ->
                tensors.put(
                    noiseKey() + ".target_size", TensorSpec.integers(branch.frameBandSamples())));
    for (int i = 0; i < noise.size(); i++) {
      tensors.putAll(Layer.under(noiseKey() + ".net." + 2 * i, noise.get(i).tensors()));
    }
    if (!firstGeneration()) {
      tensors.putAll(net);
    }
    return tensors;
  }

  /**
   * Shapes of all trained tensors by official key: {@code weight_g} and {@code weight_v} of
   * normalised layers, {@code weight} of others, in the order of the optimiser.
   */
  public Map<String, long[]> parameterShapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    stateDictShapes()
        .forEach(
            (key, spec) -> {
              if (spec.trained()) {
                shapes.put(key, spec.shape());
              }
            });
    return shapes;
  }

  /**
   * Delay of streaming encoding in audio samples: the streaming encoder gives what the offline one
   * gives for audio delayed by so much.
   */
  public int encoderDelaySamples() {
    return (filterWindow().right() + encoder.delay(1)) * config.bands();
  }

  /** Delay of streaming decoding in audio samples. */
  public int decoderDelaySamples() {
    return (StreamingAlignment.of(this).totalBandSamples() + filterWindow().right())
        * config.bands();
  }

  /**
   * How many latent frames on either side of a part make the part's middle independent of what is
   * beyond them, in encoding and in decoding.
   */
  int contextFrames() {
    int heads = Math.max(waveform.map(Layer::past).orElse(0), noisePast());
    int past = Math.max(encoder.past(1), decoder.past(frameBandSamples()) + heads);
    int ahead = Math.max(encoder.delay(1), StreamingAlignment.of(this).totalBandSamples());
    int reach = Math.max(past + filterWindow().left(), ahead + filterWindow().right());
    // One for the rounding, one for the phase within a frame, one for transposed convolutions.
    return reach / frameBandSamples() + 3;
  }

  private int noisePast() {
    return new Stack(List.copyOf(noise)).past(1)
        + config.noise().map(NoiseBranch::frameBandSamples).orElse(0);
  }

  private Window filterWindow() {
    return Pqmf.window(config.style().padding());
  }

  /** Band samples of one latent frame. */
  int frameBandSamples() {
    return config.compressionRatio() / config.bands();
  }
}
