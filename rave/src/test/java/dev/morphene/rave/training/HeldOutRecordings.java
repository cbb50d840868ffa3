package dev.morphene.rave.training;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.dataset.TrainingDataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Every fifth chunk of a dataset, set apart from those that are trained on: far more than the
 * official 2 %, which of minutes of audio are two chunks and say more about the draw than about the
 * model.
 *
 * @param training the other chunks
 * @param batches of what was set apart, whole, as it was recorded, each (batch, 1, samples)
 */
record HeldOutRecordings(AudioItems training, List<TensorData> batches) {
  private static final int EVERY = 5;
  private static final int ORDER_SEED = 5;

  static HeldOutRecordings of(TrainingDataset dataset, int batch, int samples) {
    List<Integer> trained = new ArrayList<>();
    List<float[]> crops = new ArrayList<>();
    for (int item = 0; item < dataset.size(); item++) {
      if (item % EVERY != EVERY / 2) {
        trained.add(item);
        continue;
      }
      float[] chunk = dataset.read(item);
      for (int start = 0; start + samples <= chunk.length; start += samples) {
        crops.add(Arrays.copyOfRange(chunk, start, start + samples));
      }
    }
    // Each batch has some of every recording: a distance is relative to its batch's power.
    Collections.shuffle(crops, new Random(ORDER_SEED));
    List<TensorData> batches = new ArrayList<>();
    for (int first = 0; first + batch <= crops.size(); first += batch) {
      float[] joined = new float[batch * samples];
      for (int i = 0; i < batch; i++) {
        System.arraycopy(crops.get(first + i), 0, joined, i * samples, samples);
      }
      batches.add(TensorData.ofFloats(joined, batch, 1, samples));
    }
    return new HeldOutRecordings(new Chosen(dataset, List.copyOf(trained)), batches);
  }

  /** What was set apart, one after the other. */
  List<float[]> items() {
    List<float[]> items = new ArrayList<>();
    for (TensorData batch : batches) {
      float[] all = batch.floats();
      int samples = all.length / (int) batch.shape()[0];
      for (int start = 0; start < all.length; start += samples) {
        items.add(Arrays.copyOfRange(all, start, start + samples));
      }
    }
    return items;
  }

  private record Chosen(TrainingDataset dataset, List<Integer> items) implements AudioItems {
    @Override
    public int size() {
      return items.size();
    }

    @Override
    public int channels() {
      return dataset.channels();
    }

    @Override
    public int samplingRateHz() {
      return dataset.samplingRateHz();
    }

    @Override
    public int chunkSamples() {
      return dataset.chunkSamples();
    }

    @Override
    public float[] read(int index) {
      return dataset.read(items.get(index));
    }
  }
}
