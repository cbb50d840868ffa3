package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.gin.OfficialSettings;
import dev.morphene.rave.model.DiscriminatorConfig;
import dev.morphene.rave.model.LatentSpace;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.NetworkStyle;
import dev.morphene.rave.model.NetworkStyle.Generation;
import dev.morphene.rave.model.NoiseBranch;
import dev.morphene.rave.model.Pqmf;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model is, told by the names and shapes of its tensors; what these do not show, padding,
 * dilations and rates, by its settings. Where both tell, they have to agree.
 */
final class OfficialArchitecture {
  private static final String ENCODER = "encoder.encoder.net.";
  private static final String DECODER = "decoder.net.";
  private static final String V1_NOISE = "decoder.synth.branches.2.";
  private static final String V2_NOISE = "decoder.noise_module.";
  private static final String JUDGES = "discriminator.";
  private static final String RESIDUAL = ".aligned.branches.0.net.1.weight_v";
  private static final Pattern LAYER = Pattern.compile("encoder\\.encoder\\.net\\.(\\d{1,3})\\..+");
  private static final List<Integer> DILATIONS = List.of(1, 3, 9);
  private static final List<Integer> V1_DILATIONS = List.of(1, 3, 5);
  private static final List<Integer> PERIODS = List.of(2, 3, 5, 7, 11);
  private static final int DEFAULT_RATE_HZ = 44_100;

  private final Map<String, TensorData> tensors;
  private final OfficialSettings settings;
  private final List<String> notes;

  private final List<Integer> ratios = new ArrayList<>();
  private final List<Integer> units = new ArrayList<>();
  private boolean snake;
  private boolean adain;
  private int kernelSize = 3;
  private long encoderOutputs;

  private OfficialArchitecture(
      Map<String, TensorData> tensors, OfficialSettings settings, List<String> notes) {
    this.tensors = tensors;
    this.settings = settings;
    this.notes = notes;
  }

  /**
   * @param tensors the state dict; of the discriminators the biases and windows are enough
   * @param notes receives what had to be assumed
   * @throws JobFailure UNREADABLE or BAD_INPUT when it is no model of RAVE 2, or one that this
   *     program has no form of; the message names a tensor or a setting
   */
  static RaveConfig of(
      Map<String, TensorData> tensors, OfficialSettings settings, List<String> notes) {
    return new OfficialArchitecture(tensors, settings, notes).config();
  }

  private RaveConfig config() {
    refuseOtherSignals();
    boolean first = tensors.containsKey(ENCODER + "0.weight");
    String edge = ENCODER + (first ? "0.weight" : "0.weight_v");
    long[] shape = shape(edge);
    if (shape.length != 3 || shape[1] % RaveConfig.BANDS != 0 || shape[1] == 0) {
      throw unreadable(edge + " does not take the 16 bands of every channel");
    }
    int channels = Math.toIntExact(shape[1] / RaveConfig.BANDS);
    int capacity = Math.toIntExact(shape[0]);
    walkEncoder(first);
    LatentSpace latent = latent();
    agree("CAPACITY", settings.capacity(), capacity);
    agree("LATENT_SIZE", settings.latentSize(), latentSize());
    agree("n_channels", settings.channels(), channels);
    if (!first) {
      agree("KERNEL_SIZE", settings.kernelSize(), kernelSize);
    }
    settings.ratios().filter(said -> !said.equals(ratios)).ifPresent(said -> disagree(said));
    NetworkStyle style =
        new NetworkStyle(first ? Generation.V1 : Generation.V2, snake, adain, settings.padding());
    RaveConfig structure =
        RaveConfig.preset(first ? "v1" : "v2", DEFAULT_RATE_HZ)
            .toDraft()
            .name(OfficialPreset.OWN)
            .samplingRateHz(settings.samplingRateHz().orElse(DEFAULT_RATE_HZ))
            .channels(channels)
            .capacity(capacity)
            .ratios(ratios)
            .dilations(first ? firstDilations() : secondDilations())
            .latentSize(latentSize())
            .kernelSize(kernelSize)
            .noise(first ? firstNoise(channels) : secondNoise(channels))
            .discriminator(discriminator(capacity, first))
            .style(style)
            .latent(latent)
            .build();
    return OfficialPreset.named(structure, settings);
  }

  private void refuseOtherSignals() {
    for (String key : tensors.keySet()) {
      if (key.startsWith("spectrogram.")) {
        throw unreadable(key + " belongs to a model that listens to a mel spectrogram");
      }
    }
    TensorData bank = tensors.get("pqmf.hk");
    if (bank != null && !isOurs(bank)) {
      throw unreadable("pqmf.hk is another filter bank than the one of 16 bands and 100 dB");
    }
  }

  private static boolean isOurs(TensorData bank) {
    double[][] ours = Pqmf.bank();
    float[] theirs = bank.type() == TensorData.ElementType.FLOAT32 ? bank.floats() : new float[0];
    if (theirs.length != ours.length * ours[0].length) {
      return false;
    }
    for (int i = 0; i < theirs.length; i++) {
      // Written so that a value that is no number does not pass.
      if (!(Math.abs(theirs[i] - ours[i / ours[0].length][i % ours[0].length]) < 1e-4)) {
        return false;
      }
    }
    return true;
  }

  /** Layers in order: residual units, then the convolution that ends their stage. */
  private void walkEncoder(boolean first) {
    String weight = first ? ".weight" : ".weight_v";
    int last = 0;
    for (String key : tensors.keySet()) {
      Matcher matcher = LAYER.matcher(key);
      last = matcher.matches() ? Math.max(last, Integer.parseInt(matcher.group(1))) : last;
    }
    int unitsOfStage = 0;
    for (int i = 1; i <= last; i++) {
      String layer = ENCODER + i;
      if (tensors.containsKey(layer + RESIDUAL)) {
        kernelSize = Math.toIntExact(axis(layer + RESIDUAL, 2));
        unitsOfStage++;
      }
      snake |= tensors.containsKey(layer + ".alpha");
      adain |= tensors.containsKey(layer + ".learn_x");
      String key = layer + weight;
      // Batch normalisation has a weight too, of one axis.
      if (!tensors.containsKey(key) || shape(key).length != 3) {
        continue;
      }
      if (i == last) {
        encoderOutputs = axis(key, 0);
      } else {
        ratios.add(Math.toIntExact(axis(key, 2) / 2));
        units.add(unitsOfStage);
        unitsOfStage = 0;
      }
    }
    if (encoderOutputs == 0) {
      throw unreadable(ENCODER + last + weight + " is missing");
    }
  }

  private LatentSpace latent() {
    int latents = latentSize();
    int stages = 0;
    while (tensors.containsKey(codes(stages))) {
      stages++;
    }
    String decoder = DECODER + "0.weight_v";
    long noise = axis(decoder, 1) - latents;
    if (noise < 0) {
      throw unreadable(decoder + " takes fewer than the " + latents + " latents");
    }
    if (stages > 0) {
      int codes = Math.toIntExact(axis(codes(0), 0));
      return new LatentSpace(LatentSpace.Kind.DISCRETE, Math.toIntExact(noise), stages, codes);
    }
    if (encoderOutputs == 2L * latents && noise == 0) {
      return LatentSpace.VARIATIONAL;
    }
    if (encoderOutputs != latents) {
      throw unreadable(
          "its encoder has " + encoderOutputs + " outputs for " + latents + " latents");
    }
    return tensors.containsKey("encoder.warmed_up")
        ? new LatentSpace(LatentSpace.Kind.WASSERSTEIN, Math.toIntExact(noise), 0, 0)
        : LatentSpace.SPHERICAL;
  }

  private static String codes(int stage) {
    return "encoder.rvq.layers." + stage + "._codebook.embed";
  }

  private int latentSize() {
    return Math.toIntExact(axis(ModelWeights.LATENT_PCA, 0));
  }

  private List<List<Integer>> secondDilations() {
    List<List<Integer>> dilations = new ArrayList<>();
    for (int stage = 0; stage < units.size(); stage++) {
      List<Integer> known = dilationsOf(stage);
      if (known.size() != units.get(stage)) {
        throw unreadable(
            "its encoder has "
                + units.get(stage)
                + " residual units in stage "
                + stage
                + ", for which DILATIONS are "
                + (settings.dilations().isPresent() ? known : "not known without config.gin"));
      }
      dilations.add(known);
    }
    if (settings.dilations().isEmpty()) {
      notes.add("DILATIONS are taken to be the usual " + dilations + ".");
    }
    return dilations;
  }

  private List<Integer> dilationsOf(int stage) {
    if (settings.dilations().isEmpty()) {
      return DILATIONS.subList(0, Math.min(DILATIONS.size(), units.get(stage)));
    }
    List<List<Integer>> said = settings.dilations().get();
    if (said.size() == 1) {
      return said.get(0);
    }
    return stage < said.size() ? said.get(stage) : List.of();
  }

  /** In the first generation they are in the decoder alone, and no setting tells them. */
  private List<List<Integer>> firstDilations() {
    List<List<Integer>> dilations = new ArrayList<>();
    for (int stage = 0; stage < ratios.size(); stage++) {
      String stack = DECODER + (2 + 2 * stage) + ".net.branches.0.net.";
      int layers = 0;
      while (tensors.containsKey(stack + layers + ".net.aligned.branches.0.1.weight_v")) {
        layers++;
      }
      if (layers != V1_DILATIONS.size()) {
        throw unreadable(stack + " has " + layers + " residual layers, not 3");
      }
      dilations.add(V1_DILATIONS);
    }
    return dilations;
  }

  private Optional<NoiseBranch> firstNoise(int channels) {
    if (!tensors.containsKey(V1_NOISE + "target_size")) {
      return Optional.empty();
    }
    List<String> layers = noiseLayers(V1_NOISE);
    long frame = frame(V1_NOISE);
    // The kernel does not tell the stride, the frame does: all of them are equal.
    int ratio = (int) Math.round(Math.pow(frame, 1.0 / layers.size()));
    if (Math.round(Math.pow(ratio, layers.size())) != frame) {
      throw unreadable(V1_NOISE + "target_size is " + frame + ", no power of a ratio");
    }
    return Optional.of(noise(layers, channels, layers.stream().map(layer -> ratio).toList()));
  }

  private Optional<NoiseBranch> secondNoise(int channels) {
    if (!tensors.containsKey(V2_NOISE + "target_size")) {
      return Optional.empty();
    }
    List<String> layers = noiseLayers(V2_NOISE);
    List<Integer> strides =
        layers.stream().map(layer -> Math.toIntExact(axis(layer, 2) / 2)).toList();
    NoiseBranch branch = noise(layers, channels, strides);
    if (branch.frameBandSamples() != frame(V2_NOISE)) {
      throw unreadable(V2_NOISE + "target_size is not the product of " + strides);
    }
    return Optional.of(branch);
  }

  private NoiseBranch noise(List<String> layers, int channels, List<Integer> strides) {
    long outputs = axis(layers.get(layers.size() - 1), 0);
    return new NoiseBranch(
        Math.toIntExact(axis(layers.get(0), 0)),
        strides,
        Math.toIntExact(outputs / ((long) RaveConfig.BANDS * channels)));
  }

  private List<String> noiseLayers(String root) {
    List<String> layers = new ArrayList<>();
    for (int i = 0; tensors.containsKey(root + "net." + i + ".weight"); i += 2) {
      layers.add(root + "net." + i + ".weight");
    }
    if (layers.isEmpty()) {
      throw unreadable(root + "net.0.weight is missing");
    }
    return layers;
  }

  private long frame(String root) {
    TensorData size = tensors.get(root + "target_size");
    if (size.type() != TensorData.ElementType.INT64 || size.elementCount() != 1) {
      throw unreadable(root + "target_size is " + size + ", no number");
    }
    return size.longs()[0];
  }

  private DiscriminatorConfig discriminator(int capacity, boolean first) {
    if (tensors.containsKey(JUDGES + "discriminators.0.convs.0.0.bias")) {
      DiscriminatorConfig usual = DiscriminatorConfig.DESCRIPT;
      return new DiscriminatorConfig(
          width("discriminators.0.convs.0.0.bias"), usual.periods(), usual.scales(), usual.kind());
    }
    if (tensors.containsKey(JUDGES + "discriminators.1.specs.0.window")) {
      return DiscriminatorConfig.spectral(
          width("discriminators.0.layers.0.net.0.bias"), judges("discriminators.0.layers."));
    }
    int scalesAlone = judges("layers.");
    int periods = judges("discriminators.0.layers.");
    int scales = judges("discriminators.1.layers.");
    if (scalesAlone > 0) {
      return DiscriminatorConfig.convolutional(
          width("layers.0.net.0.bias"), List.of(), scalesAlone);
    }
    if (periods > 0 && periods <= PERIODS.size()) {
      return DiscriminatorConfig.convolutional(
          width("discriminators.0.layers.0.net.0.bias"), PERIODS.subList(0, periods), scales);
    }
    return DiscriminatorConfig.convolutional(capacity, first ? List.of() : PERIODS, 3);
  }

  private int judges(String root) {
    int count = 0;
    while (tensors.containsKey(JUDGES + root + count + ".net.0.bias")) {
      count++;
    }
    return count;
  }

  private int width(String key) {
    return Math.toIntExact(axis(JUDGES + key, 0));
  }

  private long[] shape(String key) {
    TensorData tensor = tensors.get(key);
    if (tensor == null) {
      throw unreadable(key + " is missing");
    }
    return tensor.shape();
  }

  private long axis(String key, int axis) {
    long[] shape = shape(key);
    if (shape.length <= axis || shape[axis] > Integer.MAX_VALUE) {
      throw unreadable(key + " is " + tensors.get(key) + ", of an impossible shape");
    }
    return shape[axis];
  }

  private static void agree(String name, OptionalInt said, int found) {
    if (said.isPresent() && said.getAsInt() != found) {
      throw disagreement(name, said.getAsInt(), found);
    }
  }

  private void disagree(List<Integer> said) {
    throw disagreement("RATIOS", said, ratios);
  }

  private static JobFailure disagreement(String name, Object said, Object found) {
    return new JobFailure(
        FailureClass.BAD_INPUT,
        "config.gin says "
            + name
            + " "
            + said
            + " where the checkpoint's tensors say "
            + found
            + "; put the config.gin of its own run beside it.");
  }

  private static JobFailure unreadable(String what) {
    return new JobFailure(
        FailureClass.UNREADABLE,
        "This is no model of RAVE 2 that this program knows: "
            + what
            + "; export it by rave export.");
  }
}
