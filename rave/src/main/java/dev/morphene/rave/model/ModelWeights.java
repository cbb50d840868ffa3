package dev.morphene.rave.model;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.TensorSpec.Initial;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * The tensors of one model by official key: everything of encoder and decoder, the latent analysis
 * and the receptive field. The filter bank is not among them: it is the same for every model.
 */
public final class ModelWeights {
  public static final String LATENT_PCA = "latent_pca";
  public static final String LATENT_MEAN = "latent_mean";
  public static final String FIDELITY = "fidelity";
  public static final String RECEPTIVE_FIELD = "receptive_field";

  private final RaveConfig config;
  private final Map<String, TensorData> tensors;

  private ModelWeights(RaveConfig config, Map<String, TensorData> tensors) {
    this.config = config;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * A model before its first step, initialised as PyTorch does by default: weights uniform within 1
   * over the root of the fan-in, lengths equal to the norms. The same seed gives the same model.
   */
  public static ModelWeights initial(RaveConfig config, long seed) {
    Map<String, TensorData> tensors = new LinkedHashMap<>(initial(specs(config), seed));
    tensors.put(LATENT_PCA, identity(config.latentSize()));
    return new ModelWeights(config, tensors);
  }

  /** Some tensors that are no whole model: what a layer alone is printed with. */
  static ModelWeights partial(RaveConfig config, Map<String, TensorData> tensors) {
    return new ModelWeights(config, tensors);
  }

  static Map<String, TensorData> initial(Map<String, TensorSpec> specs, long seed) {
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    specs.forEach(
        (key, spec) ->
            tensors.put(
                key,
                spec.initial() == Initial.UNIFORM
                    // Every tensor draws from its own stream: no layer changes with another.
                    ? uniform(spec.shape(), new Random(mix(seed, key)))
                    : spec.filled()));
    specs.forEach(
        (key, spec) -> {
          if (spec.initial() == Initial.NORMS) {
            TensorData direction = tensors.get(key.replace(".weight_g", ".weight_v"));
            tensors.put(key, TensorData.ofFloats(norms(direction), spec.shape()));
          }
        });
    return tensors;
  }

  /** All tensors in the order of the state dict. */
  private static Map<String, TensorSpec> specs(RaveConfig config) {
    Map<String, TensorSpec> specs = new LinkedHashMap<>();
    long latents = config.latentSize();
    specs.put(LATENT_PCA, TensorSpec.buffer(0, latents, latents));
    specs.put(LATENT_MEAN, TensorSpec.buffer(0, latents));
    specs.put(FIDELITY, TensorSpec.buffer(0, latents));
    specs.put(RECEPTIVE_FIELD, TensorSpec.integers(0, 2));
    if (config.latent().kind() != LatentSpace.Kind.SPHERICAL) {
      specs.put(LatentPrinter.WARMED_UP, TensorSpec.integers(0));
    }
    if (config.latent().kind() == LatentSpace.Kind.DISCRETE) {
      specs.put(DiscreteLatent.ENABLED, TensorSpec.integers(0));
      DiscreteLatent.codebookShapes(config)
          .forEach((key, shape) -> specs.put(key, TensorSpec.buffer(0, shape)));
    }
    specs.putAll(RaveArchitecture.of(config).stateDictShapes());
    return specs;
  }

  /**
   * A model from a map that holds at least its tensors, a state dict for instance.
   *
   * @throws JobFailure UNREADABLE when a tensor is missing or has another shape
   */
  public static ModelWeights of(RaveConfig config, Map<String, ?> stateDict) {
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    specs(config)
        .forEach(
            (key, spec) -> {
              if (!(stateDict.get(key) instanceof TensorData tensor)) {
                throw new JobFailure(
                    FailureClass.UNREADABLE,
                    "The checkpoint lacks the tensor "
                        + key
                        + "; it is not of a "
                        + config.name()
                        + " model.");
              }
              if (!spec.fits(tensor)) {
                throw new JobFailure(
                    FailureClass.UNREADABLE,
                    "The checkpoint's "
                        + key
                        + " is "
                        + tensor
                        + " where a "
                        + config.name()
                        + " model has "
                        + spec
                        + ".");
              }
              tensors.put(key, tensor);
            });
    return new ModelWeights(config, tensors);
  }

  public RaveConfig config() {
    return config;
  }

  /** All tensors, in the order of the state dict. */
  public Map<String, TensorData> tensors() {
    return tensors;
  }

  /** One tensor; unknown keys are a programming error. */
  public TensorData tensor(String key) {
    TensorData tensor = tensors.get(key);
    if (tensor == null) {
      throw new IllegalArgumentException("A " + config.name() + " model has no " + key + ".");
    }
    return tensor;
  }

  /** The same model with some tensors replaced; other keys are ignored. */
  public ModelWeights with(Map<String, TensorData> replacements) {
    Map<String, TensorData> merged = new LinkedHashMap<>(tensors);
    merged.replaceAll((key, old) -> replacements.getOrDefault(key, old));
    return of(config, merged);
  }

  /** The effective weight of a normalised layer: length times direction over its norm. */
  TensorData folded(String key) {
    TensorData direction = tensor(key + ".weight_v");
    float[] lengths = tensor(key + ".weight_g").floats();
    float[] norms = norms(direction);
    float[] data = direction.floats().clone();
    int row = data.length / lengths.length;
    for (int i = 0; i < data.length; i++) {
      data[i] *= lengths[i / row] / norms[i / row];
    }
    return TensorData.ofFloats(data, direction.shape());
  }

  /**
   * Whether a discrete model quantises: its codebooks have learned and the quantiser is switched
   * on. The official trainer 2.3 never does either, so its decoders know latents as the encoder
   * gives them; the codes of such a model mean nothing.
   */
  public boolean quantizes() {
    return config.latent().kind() == LatentSpace.Kind.DISCRETE && DiscreteLatent.quantizes(this);
  }

  /** Number of trained values under a prefix, {@code "encoder."} for instance. */
  public long parameterCount(String prefix) {
    return RaveArchitecture.of(config).parameterShapes().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .mapToLong(entry -> TensorData.elementCount(entry.getValue()))
        .sum();
  }

  private static TensorData identity(int size) {
    float[] data = new float[size * size];
    for (int i = 0; i < size; i++) {
      data[i * size + i] = 1;
    }
    return TensorData.ofFloats(data, size, size);
  }

  private static long mix(long seed, String key) {
    return seed ^ (key.hashCode() * 0x9E3779B97F4A7C15L);
  }

  private static TensorData uniform(long[] shape, Random random) {
    float[] data = new float[Math.toIntExact(TensorData.elementCount(shape))];
    // PyTorch takes axis 1 for the fan-in, also of transposed convolutions.
    double bound = 1 / Math.sqrt((double) shape[1] * shape[2]);
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) ((random.nextDouble() * 2 - 1) * bound);
    }
    return TensorData.ofFloats(data, shape);
  }

  /** Euclidean norm of each row of axis 0. */
  private static float[] norms(TensorData tensor) {
    float[] data = tensor.floats();
    int rows = (int) tensor.shape()[0];
    int row = data.length / rows;
    float[] norms = new float[rows];
    for (int r = 0; r < rows; r++) {
      double sum = 0;
      for (int i = r * row; i < (r + 1) * row; i++) {
        sum += (double) data[i] * data[i];
      }
      norms[r] = (float) Math.sqrt(sum);
    }
    return norms;
  }
}
