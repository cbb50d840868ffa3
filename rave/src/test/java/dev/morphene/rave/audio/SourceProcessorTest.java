package dev.morphene.rave.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SourceProcessorTest {
  private static final SampleFormat MONO_48K = new SampleFormat(48_000, 1);

  @TempDir Path folder;

  private SourceProcessor.Processed process(Path raw) throws Exception {
    return processor(Restoration.NONE).process(raw, folder, "out");
  }

  private static SourceProcessor processor(Restoration restoration) {
    return new SourceProcessor(MONO_48K, LoudnessTarget.GUIDE, restoration, () -> {});
  }

  private Path wav(String name, float[] samples) throws IOException {
    Path file = folder.resolve(name);
    WavWriter.writeMono(file, 48_000, 24, samples);
    return file;
  }

  static Stream<Path> recordings() {
    return Stream.of(
        Samples.musical("violin_legato.flac"),
        Samples.musical("violin_pizzicato.flac"),
        Samples.musical("violin_tremolo.ogg"),
        Samples.nonmusical("fire_small.ogg"),
        Samples.nonmusical("fire_large.ogg"),
        Samples.nonmusical("fire_fire.1.ogg"),
        Samples.nonmusical("fire_fire.2.ogg"),
        Samples.nonmusical("fire_fire.3.ogg"));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void reachesTheLoudnessUnderTheCeiling(Path recording) throws Exception {
    SourceProcessor.Processed processed = process(recording);

    float[] written = WavReader.readMono(folder.resolve("out_001.wav"));
    Loudness measured = LoudnessMeter.measure(written, 48_000);
    assertThat(measured.truePeakDecibels()).isLessThanOrEqualTo(-1 + 0.01);
    assertThat(measured.integratedLufs()).isCloseTo(-14, within(0.5));
    assertThat(processed.after().integratedLufs())
        .isCloseTo(measured.integratedLufs(), within(0.05));
  }
}
