package dev.morphene.rave.audit;

import dev.morphene.rave.audio.AudioDecoder;
import dev.morphene.rave.audio.Restoration;
import dev.morphene.rave.audio.SampleFormat;
import dev.morphene.rave.audio.UnusableAudioException;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Path;

/** Reads a reference recording to an exact length: a longer one is cut, a shorter one repeated. */
public final class ReferenceClip {
  private ReferenceClip() {}

  /**
   * @param kind {@code musical} or {@code nonmusical}; a word for the message
   * @return mono, {@code samples} long
   * @throws JobFailure BAD_INPUT if the file cannot serve or is silent
   */
  public static float[] read(Path file, String kind, int samplingRateHz, int samples)
      throws IOException {
    float[] clip = new float[samples];
    int[] filled = {0};
    try {
      AudioDecoder.decode(
          file,
          new SampleFormat(samplingRateHz, 1),
          Restoration.NONE,
          channels -> {
            int count = Math.min(channels[0].length, samples - filled[0]);
            System.arraycopy(channels[0], 0, clip, filled[0], count);
            filled[0] += count;
          });
    } catch (UnusableAudioException unusable) {
      throw unusable(file, kind, unusable.getMessage());
    }
    for (int index = filled[0]; index < samples; index++) {
      clip[index] = clip[index - filled[0]];
    }
    if (SoundHealth.measure(clip, samplingRateHz).dead()) {
      throw unusable(file, kind, "is silent");
    }
    return clip;
  }

  private static JobFailure unusable(Path file, String kind, String reason) {
    return new JobFailure(
        FailureClass.BAD_INPUT,
        "The " + kind + " reference " + file + " " + reason + "; name another recording.");
  }
}
