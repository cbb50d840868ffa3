package dev.morphene.rave.audio;

import java.io.IOException;

/** Takes sound block by block. */
@FunctionalInterface
public interface SampleSink {
  /**
   * @param channels one array for each channel, full scale 1; the callee owns them
   */
  void accept(float[][] channels) throws IOException;
}
