package dev.morphene.protocol.spec;

/**
 * What decides the memory a training needs, as far as its spec tells: jobs of equal recipes share
 * their envelopes.
 *
 * @param config name of a model configuration
 * @param batch 1 or more
 * @param signalSamples training crop, samples
 * @param samplingRateHz of the dataset
 * @param trainer and its version: a new one is measured anew
 * @param precision of its convolutions
 */
public record Recipe(
    String config,
    int batch,
    int signalSamples,
    int samplingRateHz,
    String trainer,
    TrainFeatures.Precision precision) {
  /** One line, by which envelopes are stored: {@code v2 batch=8 signal=131072 ...}. */
  public String key() {
    return config
        + " batch="
        + batch
        + " signal="
        + signalSamples
        + " rate="
        + samplingRateHz
        + " trainer="
        + trainer
        + (precision == TrainFeatures.Precision.BF16 ? " precision=bf16" : "");
  }
}
