package dev.morphene.rave.delivery;

import dev.morphene.rave.checkpoint.TrainedModel;
import dev.morphene.rave.export.InstrumentExport;
import dev.morphene.rave.export.InstrumentOptions;
import dev.morphene.rave.model.ModelWeights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What the file for nn~ was made from.
 *
 * @param name of the instrument as the training run calls it
 * @param step of the checkpoint
 * @param phase 1 representation, 2 adversarial
 * @param recipe of the training run
 * @param samplingRateHz at which the instrument plays
 * @param compressionRatio samples for each latent frame
 * @param fullLatentSize latents of the model
 * @param latentSize latents of the instrument, after the fidelity's cut
 * @param encodeDelaySamples added by a streaming {@code encode}
 * @param decodeDelaySamples added by a streaming {@code decode}
 * @param notes what had to be assumed of a foreign checkpoint
 */
record ExportedModel(
    String name,
    long step,
    int phase,
    Map<String, String> recipe,
    int samplingRateHz,
    int compressionRatio,
    int fullLatentSize,
    int latentSize,
    int encodeDelaySamples,
    int decodeDelaySamples,
    List<String> notes) {

  /** Writes the file for nn~. */
  @FunctionalInterface
  interface Exporter {
    ExportedModel export(Path checkpoint, boolean averaged, Path file, InstrumentOptions options);
  }

  /**
   * The exporter of this program; needs no libtorch.
   *
   * @param averaged with the moving average of the weights
   */
  static ExportedModel write(Path file, boolean averaged, Path target, InstrumentOptions options) {
    TrainedModel model = TrainedModel.read(file, averaged);
    ModelWeights weights = ModelWeights.of(model.config(), model.weights());
    InstrumentExport export = InstrumentExport.write(target, weights, options);
    return new ExportedModel(
        model.name(),
        model.step(),
        model.phase(),
        model.recipe(),
        options.samplingRateHz().orElse(model.config().samplingRateHz()),
        model.config().compressionRatio()
            * options.samplingRateHz().orElse(model.config().samplingRateHz())
            / model.config().samplingRateHz(),
        model.config().latentSize(),
        export.latentSize(),
        export.encodeDelaySamples(),
        export.decodeDelaySamples(),
        model.notes());
  }
}
