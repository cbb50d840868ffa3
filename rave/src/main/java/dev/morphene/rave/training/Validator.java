package dev.morphene.rave.training;

import dev.morphene.rave.archive.TensorData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Measures a model on the validation set and analyses its latents. */
final class Validator {
  private static final double[] FIDELITIES = {0.8, 0.9, 0.95, 0.99};

  private final Trainer trainer;
  private final BatchSource batches;

  Validator(Trainer trainer, BatchSource batches) {
    this.trainer = trainer;
    this.batches = batches;
  }

  /**
   * @param distance full-band spectral distance, mean over items
   * @param measures {@code fidelity_0.95} and the like: latents needed for that share of the
   *     variance; empty without analysis
   */
  record Result(double distance, Map<String, Double> measures) {}

  /**
   * Goes through the whole validation set.
   *
   * @param analyse also recompute the principal components of the latents
   * @param stop looked at between batches
   * @return empty if it was stopped; the model is as before then
   */
  Optional<Result> validate(boolean analyse, BooleanSupplier stop) {
    double sum = 0;
    long items = 0;
    List<TensorData> latents = new ArrayList<>();
    for (int i = 0; i < batches.validationBatches(); i++) {
      if (stop.getAsBoolean()) {
        return Optional.empty();
      }
      TensorData batch = batches.validation(i);
      Trainer.ValidatedBatch measured = trainer.validate(i, batch);
      sum += measured.distance() * batch.shape()[0];
      items += batch.shape()[0];
      if (analyse) {
        latents.add(measured.latentMeans());
      }
    }
    Map<String, Double> measures =
        analyse ? latentsNeeded(trainer.analyseLatents(stacked(latents))) : Map.of();
    return Optional.of(new Result(sum / items, measures));
  }

  /** How many leading components hold each share of the variance. */
  static Map<String, Double> latentsNeeded(float[] fidelity) {
    Map<String, Double> needed = new LinkedHashMap<>();
    for (double share : FIDELITIES) {
      int count = 1;
      while (count < fidelity.length && fidelity[count - 1] < share) {
        count++;
      }
      needed.put("fidelity_" + share, (double) count);
    }
    return needed;
  }

  private static TensorData stacked(List<TensorData> parts) {
    int width = (int) parts.get(0).shape()[1];
    float[] all = new float[parts.stream().mapToInt(TensorData::elementCount).sum()];
    int filled = 0;
    for (TensorData part : parts) {
      System.arraycopy(part.floats(), 0, all, filled, part.elementCount());
      filled += part.elementCount();
    }
    return TensorData.ofFloats(all, all.length / width, width);
  }
}
