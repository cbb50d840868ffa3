package dev.morphene.rave.training;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.process.TrainingFeatures;
import java.util.SplittableRandom;

/**
 * The batch of every step, a function of seed and step alone. Items are reshuffled every epoch; an
 * incomplete batch at an epoch's end is left out. Safe to use from any thread.
 */
final class BatchSource {
  private final AudioItems items;
  private final DatasetSplit split;
  private final int batch;
  private final int signalSamples;
  private final long seed;
  private final ItemTransform transform;

  private long shuffledEpoch = -1;
  private int[] shuffled = new int[0];

  /**
   * @throws JobFailure BAD_INPUT when the dataset cannot fill a batch or its chunks are too short
   *     for the signal or for random pitch
   */
  BatchSource(
      AudioItems items, int batch, int signalSamples, long seed, TrainingFeatures features) {
    this.items = items;
    this.split = DatasetSplit.of(items.size());
    this.batch = batch;
    this.signalSamples = signalSamples;
    this.seed = seed;
    if (split.validation().length == 0) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The dataset has "
              + items.size()
              + " chunks of "
              + seconds(items.chunkSamples())
              + " s; at least 2 are needed, so add recordings.");
    }
    if (split.training().length < batch) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The dataset has "
              + split.training().length
              + " chunks to train on, fewer than a batch of "
              + batch
              + "; add recordings or use a batch of at most "
              + split.training().length
              + ".");
    }
    if (items.chunkSamples() < signalSamples) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The dataset's chunks have "
              + items.chunkSamples()
              + " samples, fewer than the training signal of "
              + signalSamples
              + "; use a signal of at most "
              + items.chunkSamples()
              + " or preprocess with longer chunks.");
    }
    this.transform = new ItemTransform(items, signalSamples, features);
  }

  /** Items as they are but for crop, phases and dequantisation. */
  BatchSource(AudioItems items, int batch, int signalSamples, long seed) {
    this(items, batch, signalSamples, seed, TrainingFeatures.none());
  }

  private String seconds(int samples) {
    return String.format("%.2f", samples / (double) items.samplingRateHz());
  }

  int batchesPerEpoch() {
    return split.training().length / batch;
  }

  /** The batch of a step, 0 the first: (batch, channels, signalSamples). */
  TensorData training(long step) {
    long epoch = step / batchesPerEpoch();
    int first = (int) (step % batchesPerEpoch()) * batch;
    int[] order = order(epoch);
    float[] samples = new float[batch * itemLength()];
    for (int i = 0; i < batch; i++) {
      long itemSeed = Seeds.of(seed, Seeds.Purpose.ITEM, step, i);
      write(order[first + i], itemSeed, samples, i);
    }
    return tensor(samples, batch);
  }

  int validationBatches() {
    return (split.validation().length + batch - 1) / batch;
  }

  /**
   * A batch of the validation set, the same at every validation: (up to batch, channels,
   * signalSamples). Its items go through the same transforms as those of a training batch, with
   * draws that depend on the seed and the item alone.
   */
  TensorData validation(int number) {
    int[] indices = split.validation();
    int first = number * batch;
    int count = Math.min(batch, indices.length - first);
    float[] samples = new float[count * itemLength()];
    for (int i = 0; i < count; i++) {
      long itemSeed = Seeds.of(seed, Seeds.Purpose.VALIDATION, first + i);
      write(indices[first + i], itemSeed, samples, i);
    }
    return tensor(samples, count);
  }

  private void write(int index, long itemSeed, float[] samples, int place) {
    transform.apply(
        items.read(index), new SplittableRandom(itemSeed), samples, place * itemLength());
  }

  private int itemLength() {
    return items.channels() * signalSamples;
  }

  private TensorData tensor(float[] samples, int count) {
    return TensorData.ofFloats(samples, count, items.channels(), signalSamples);
  }

  private synchronized int[] order(long epoch) {
    if (epoch != shuffledEpoch) {
      int[] order = split.training().clone();
      SplittableRandom random = new SplittableRandom(Seeds.of(seed, Seeds.Purpose.ORDER, epoch));
      for (int i = order.length - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[other];
        order[other] = kept;
      }
      shuffled = order;
      shuffledEpoch = epoch;
    }
    return shuffled;
  }
}
