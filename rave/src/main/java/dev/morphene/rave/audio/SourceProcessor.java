package dev.morphene.rave.audio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One raw recording to processed files: decoded, downmixed, resampled, repaired, silence trimmed,
 * loudness normalised, split into equal parts of at most five minutes. Works from a temporary file,
 * so memory does not grow with the recording.
 */
public final class SourceProcessor {
  /** A shorter sound has no loudness to speak of: its measure needs windows of 0.4 s. */
  public static final double SHORTEST_SECONDS = 0.5;

  static final int LONGEST_PART_SECONDS = 300;
  private static final int BITS = 24;
  private static final double FADE_SECONDS = 0.002;

  private final SampleFormat format;
  private final LoudnessTarget target;
  private final Restoration restoration;
  private final Runnable betweenBlocks;

  /**
   * @param betweenBlocks called often while a file is worked on; what it throws ends the work with
   *     nothing left behind
   */
  public SourceProcessor(
      SampleFormat format, LoudnessTarget target, Restoration restoration, Runnable betweenBlocks) {
    this.format = format;
    this.target = target;
    this.restoration = restoration;
    this.betweenBlocks = betweenBlocks;
  }

  /**
   * What became of one recording.
   *
   * @param files written, in order
   * @param rawSeconds length of the recording
   * @param seconds length of what was written
   * @param before loudness of the trimmed recording
   * @param after loudness of what was written
   */
  public record Processed(
      List<String> files, double rawSeconds, double seconds, Loudness before, Loudness after) {}

  /**
   * Processes a recording.
   *
   * @param folder exists; receives {@code stem_001.wav} and so on, complete or not at all
   * @throws UnusableAudioException if the recording cannot serve, with the reason
   */
  public Processed process(Path raw, Path folder, String stem)
      throws UnusableAudioException, IOException {
    Path scratchFile = folder.resolve("." + stem + ".scratch");
    try (SoundScratch scratch = SoundScratch.create(scratchFile, format)) {
      double rawSeconds =
          AudioDecoder.decode(
              raw,
              format,
              restoration,
              channels -> {
                betweenBlocks.run();
                scratch.append(channels);
              });
      List<SoundSpan> spans = spans(scratch);
      long samples = spans.stream().mapToLong(SoundSpan::samples).sum();
      double seconds = (double) samples / format.samplingRateHz();
      if (seconds < SHORTEST_SECONDS) {
        throw new UnusableAudioException(
            String.format(
                Locale.ROOT,
                "is too short: %.2f seconds of sound, at least %.1f are needed",
                seconds,
                SHORTEST_SECONDS));
      }
      LoudnessNormalizer.Source kept = sink -> readKept(scratch, spans, sink);
      Loudness before = measure(kept);
      if (!before.audible()) {
        throw new UnusableAudioException("is silent (below -70 LUFS)");
      }
      return write(folder, stem, kept, samples, rawSeconds, before);
    }
  }

  private List<SoundSpan> spans(SoundScratch scratch) throws UnusableAudioException {
    float[] windowPeaks = scratch.finishWindowPeaks();
    if (!scratch.allNumbers()) {
      throw new UnusableAudioException("holds samples that are no numbers");
    }
    List<SoundSpan> spans =
        SilenceTrimmer.spans(windowPeaks, scratch.windowSamples(), scratch.samples());
    if (spans.isEmpty()) {
      throw new UnusableAudioException("is silent (never above -70 dBFS)");
    }
    return spans;
  }

  /** Every cut gets a short fade, so that neither file borders nor shortened gaps click. */
  private void readKept(SoundScratch scratch, List<SoundSpan> spans, SampleSink sink)
      throws IOException {
    int fadeSamples = (int) Math.round(FADE_SECONDS * format.samplingRateHz());
    for (SoundSpan span : spans) {
      long[] position = {0};
      scratch.read(
          span,
          channels -> {
            betweenBlocks.run();
            for (float[] planar : channels) {
              fade(planar, position[0], span.samples(), fadeSamples);
            }
            position[0] += channels[0].length;
            sink.accept(channels);
          });
    }
  }

  private static void fade(float[] block, long offset, long length, int fadeSamples) {
    for (int index = 0; index < block.length; index++) {
      long fromEdge = Math.min(offset + index, length - 1 - offset - index);
      if (fromEdge < fadeSamples) {
        block[index] *= (float) fromEdge / fadeSamples;
      }
    }
  }

  private Loudness measure(LoudnessNormalizer.Source source) throws IOException {
    try (LoudnessMeter meter = new LoudnessMeter(format)) {
      source.read(meter::accept);
      return meter.finish();
    }
  }

  private Processed write(
      Path folder,
      String stem,
      LoudnessNormalizer.Source kept,
      long samples,
      double rawSeconds,
      Loudness before)
      throws IOException {
    long longest = (long) LONGEST_PART_SECONDS * format.samplingRateHz();
    int parts = (int) ((samples + longest - 1) / longest);
    Path normalized = folder.resolve("." + stem + ".normalized");
    SoundScratch[] result = new SoundScratch[1];
    try {
      Loudness after =
          LoudnessNormalizer.normalize(
              format,
              before,
              target,
              kept,
              () -> {
                if (result[0] != null) {
                  result[0].close();
                }
                result[0] = SoundScratch.create(normalized, format);
                return result[0]::append;
              });
      long written = Math.min(samples, result[0].samples());
      List<String> files = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        String name = String.format(Locale.ROOT, "%s_%03d.wav", stem, part + 1);
        SoundSpan span = new SoundSpan(written * part / parts, written * (part + 1) / parts);
        try (WavWriter writer = WavWriter.create(folder.resolve(name), format, BITS)) {
          result[0].read(span, writer::write);
          writer.finish();
        } catch (IOException | RuntimeException failed) {
          for (String file : files) {
            Files.deleteIfExists(folder.resolve(file));
          }
          throw failed;
        }
        files.add(name);
      }
      double seconds = (double) written / format.samplingRateHz();
      return new Processed(List.copyOf(files), rawSeconds, seconds, before, after);
    } finally {
      if (result[0] != null) {
        result[0].close();
      }
    }
  }
}
