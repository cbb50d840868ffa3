package dev.morphene.rave.training;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.training.health.ActiveLatents;
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
   * @param levels mean over items
   * @param activeLatents latents that follow the recordings
   */
  record Result(double distance, Map<String, Double> measures, Levels levels, int activeLatents) {}

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
    double[] levels = new double[4];
    ActiveLatents active = new ActiveLatents();
    List<TensorData> latents = new ArrayList<>();
    for (int i = 0; i < batches.validationBatches(); i++) {
      if (stop.getAsBoolean()) {
        return Optional.empty();
      }
      TensorData batch = batches.validation(i);
      Trainer.ValidatedBatch measured = trainer.validate(i, batch);
      long count = batch.shape()[0];
      sum += measured.distance() * count;
      items += count;
      levels[0] += measured.levels().inputPower() * count;
      levels[1] += measured.levels().outputPower() * count;
      levels[2] += measured.levels().inputClipped() * count;
      levels[3] += measured.levels().outputClipped() * count;
      active.add(measured.latentMeans().floats(), (int) measured.latentMeans().shape()[1]);
      if (analyse) {
        latents.add(measured.latentMeans());
      }
    }
    Map<String, Double> measures =
        analyse ? latentsNeeded(trainer.analyseLatents(stacked(latents))) : Map.of();
    return Optional.of(
        new Result(
            sum / items,
            measures,
            new Levels(levels[0] / items, levels[1] / items, levels[2] / items, levels[3] / items),
            active.count()));
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
