package dev.morphene.rave.preprocess;

import dev.morphene.rave.audio.WavReader;
import dev.morphene.rave.dataset.DatasetWriter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Cuts processed files into chunks. The files of one source type are joined end to end first (each
 * begins and ends in a fade), so that recordings shorter than a chunk count as well; only the rest
 * at the end of the source type, shorter than a chunk, is dropped.
 */
final class ChunkCutter {
  private final DatasetWriter writer;
  private final float[] chunk;
  private final int channels;
  private final int chunkSamples;
  private int fill;
  private int chunks;

  ChunkCutter(DatasetWriter writer, int channels, int chunkSamples) {
    this.writer = writer;
    this.channels = channels;
    this.chunkSamples = chunkSamples;
    this.chunk = new float[channels * chunkSamples];
  }

  void append(Path wavFile) throws IOException {
    try (WavReader reader = WavReader.open(wavFile)) {
      while (true) {
        float[][] block = reader.read(chunkSamples - fill);
        int samples = block[0].length;
        if (samples == 0) {
          return;
        }
        for (int channel = 0; channel < channels; channel++) {
          System.arraycopy(block[channel], 0, chunk, channel * chunkSamples + fill, samples);
        }
        fill += samples;
        if (fill == chunkSamples) {
          writer.append(chunk);
          chunks++;
          fill = 0;
        }
      }
    }
  }

  /** Chunks cut so far. */
  int chunks() {
    return chunks;
  }
}
