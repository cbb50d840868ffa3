package dev.morphene.rave.delivery;

import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.export.InstrumentExport;
import dev.morphene.rave.model.ModelWeights;
import java.nio.file.Path;
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
    int decodeDelaySamples) {

  /** Writes the file for nn~. */
  @FunctionalInterface
  interface Exporter {
    ExportedModel export(Path checkpoint, Path file, boolean streaming, double fidelity);
  }

  /** The exporter of this program; needs no libtorch. */
  static ExportedModel write(Path file, Path target, boolean streaming, double fidelity) {
    Checkpoint checkpoint = Checkpoint.read(file);
    ModelWeights weights = ModelWeights.of(checkpoint.config(), checkpoint.weights());
    InstrumentExport export = InstrumentExport.write(target, weights, streaming, fidelity);
    return new ExportedModel(
        checkpoint.name(),
        checkpoint.step(),
        checkpoint.phase(),
        checkpoint.recipe(),
        checkpoint.config().samplingRateHz(),
        checkpoint.config().compressionRatio(),
        checkpoint.config().latentSize(),
        export.latentSize(),
        export.encodeDelaySamples(),
        export.decodeDelaySamples());
  }
}
