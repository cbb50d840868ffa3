package dev.morphene.rave.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

  private Path wav(String name, float[]... channels) throws IOException {
    Path file = folder.resolve(name);
    try (WavWriter writer = WavWriter.create(file, new SampleFormat(48_000, channels.length), 24)) {
      writer.write(channels);
      writer.finish();
    }
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
    assertThat(processed.seconds())
        .isBetween(0.8 * processed.rawSeconds(), processed.rawSeconds() + 0.01);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("out_001.wav"));
    }
  }

  @Test
  void measuresTheLoudnessThatTheStandardGivesForItsReferenceTone() {
    // BS.1770: a 997 Hz sine at full scale in one channel has -3.01 LUFS.
    Loudness loudness = LoudnessMeter.measure(Samples.sine(997, 1, 5, 48_000), 48_000);
    assertThat(loudness.integratedLufs()).isCloseTo(-3.01, within(0.05));
    assertThat(loudness.truePeakDecibels()).isCloseTo(0, within(0.1));
  }

  @Test
  void findsThePeakBetweenSamples() {
    // A quarter of the rate, 45 degrees off: every sample is 3 dB below the wave's peak.
    float[] samples = new float[48_000];
    for (int index = 0; index < samples.length; index++) {
      // A tone that starts at once overshoots; half a second of swelling avoids that.
      double level = Math.min(1, index / 24_000.0);
      samples[index] = (float) (level * 0.5 * Math.sin(Math.PI / 2 * index + Math.PI / 4));
    }
    assertThat(LoudnessMeter.measure(samples, 48_000).truePeakDecibels())
        .isCloseTo(-6.02, within(0.3));
  }

  @Test
  void monoIsTheAverageOfAllChannels() throws Exception {
    float[] left = Samples.sine(440, 0.5, 1, 48_000);
    float[] right = Samples.sine(1_000, 0.25, 1, 48_000);
    float[] mono = AudioDecoder.decodeMono(wav("stereo.wav", left, right), 48_000);

    assertThat(mono).hasSize(48_000);
    for (int index = 0; index < mono.length; index++) {
      assertThat(mono[index]).isCloseTo((left[index] + right[index]) / 2, within(1e-6f));
    }
  }

  @Test
  void aRealStereoRecordingKeepsItsRightChannel() throws Exception {
    float[][] both = {new float[0], new float[0]};
    AudioDecoder.decode(
        Samples.musical("violin_pizzicato.flac"),
        new SampleFormat(44_100, 2),
        Restoration.NONE,
        channels -> {
          both[0] = Samples.join(both[0], channels[0]);
          both[1] = Samples.join(both[1], channels[1]);
        });
    float[] mono = AudioDecoder.decodeMono(Samples.musical("violin_pizzicato.flac"), 44_100);
    assertThat(Arrays.equals(both[0], both[1])).isFalse();
    double worst = 0;
    for (int index = 0; index < mono.length; index++) {
      worst = Math.max(worst, Math.abs(mono[index] - (both[0][index] + both[1][index]) / 2));
    }
    assertThat(worst).isLessThan(1e-6);
  }

  @Test
  void resamplesWithoutChangingPitchOrLevel() throws Exception {
    Path file = folder.resolve("tone.wav");
    WavWriter.writeMono(file, 44_100, 16, Samples.sine(1_000, 0.5, 2, 44_100));
    float[] resampled = AudioDecoder.decodeMono(file, 48_000);
    assertThat(resampled.length).isBetween(95_990, 96_010);
    float[] expected = Samples.sine(1_000, 0.5, 2, 48_000);
    for (int index = 1_000; index < 95_000; index++) {
      assertThat(resampled[index]).isCloseTo(expected[index], within(2e-3f));
    }
  }

  @Test
  void trimsTheEndsAndShortensLongGapsOnly() throws Exception {
    float[] tone = Samples.sine(440, 0.3, 2, 48_000);
    float[] gap = new float[48_000];
    Path file =
        wav(
            "gaps.wav",
            Samples.join(new float[96_000], tone, gap, tone, new float[5 * 48_000], tone, gap));
    // 2 s of silence go, 1 s stays, 5 s become 1 s, and 1 s goes; 50 ms stay at either end.
    SourceProcessor.Processed processed = process(file);
    assertThat(processed.seconds()).isCloseTo(2 + 1 + 2 + 1 + 2 + 0.1, within(0.05));
    assertThat(processed.rawSeconds()).isEqualTo(15);
    float[] written = WavReader.readMono(folder.resolve("out_001.wav"));
    assertThat(Samples.rms(written, 4_800, 90_000)).isGreaterThan(0.05);
    assertThat(Samples.rms(written, 105_000, 140_000)).isLessThan(1e-4);
  }

  @Test
  void splitsLongRecordingsIntoEqualPartsThatJoin() throws Exception {
    float[] long11Minutes = Samples.noise(0.1, 660, 8_000, 3);
    Path file = folder.resolve("long.wav");
    WavWriter.writeMono(file, 8_000, 16, long11Minutes);
    SourceProcessor small =
        new SourceProcessor(
            new SampleFormat(8_000, 1), LoudnessTarget.GUIDE, Restoration.NONE, () -> {});
    SourceProcessor.Processed processed = small.process(file, folder, "long");
    assertThat(processed.files()).containsExactly("long_001.wav", "long_002.wav", "long_003.wav");
    for (String part : processed.files()) {
      assertThat(WavReader.readMono(folder.resolve(part))).hasSize(220 * 8_000);
    }
    float[] second = WavReader.readMono(folder.resolve("long_002.wav"));
    double gain = second[1_000] / long11Minutes[220 * 8_000 + 1_000];
    assertThat(second[0]).isCloseTo((float) (gain * long11Minutes[220 * 8_000]), within(2e-3f));
  }

  @Test
  void repairsClicksAndNoiseWhereAsked() throws Exception {
    float[] tone = Samples.sine(440, 0.2, 3, 48_000);
    float[] clicked = tone.clone();
    for (int index = 9_000; index < clicked.length; index += 9_600) {
      clicked[index] = 0.95f;
    }
    Path clicks = wav("clicks.wav", clicked);
    Loudness left = process(clicks).before();
    Loudness repaired =
        processor(new Restoration(true, false)).process(clicks, folder, "declicked").before();
    assertThat(repaired.truePeakDecibels()).isLessThan(left.truePeakDecibels() - 10);

    float[] hiss = Samples.noise(0.02, 6, 48_000, 5);
    float[] noisy = hiss.clone();
    for (int index = 144_000; index < 192_000; index++) {
      noisy[index] += 0.5f * tone[index - 144_000];
    }
    float[] plain = decode(wav("noisy.wav", noisy), Restoration.NONE);
    float[] denoised = decode(folder.resolve("noisy.wav"), new Restoration(false, true));
    assertThat(Samples.rms(denoised, 96_000, 140_000))
        .isLessThan(0.5 * Samples.rms(plain, 96_000, 140_000));
  }

  private static float[] decode(Path file, Restoration restoration) throws Exception {
    SampleBuffer buffer = new SampleBuffer();
    AudioDecoder.decode(file, MONO_48K, restoration, channels -> buffer.append(channels[0]));
    return buffer.toArray();
  }

  @Test
  void namesTheReasonForEveryFileThatCannotServe() throws Exception {
    Path text = folder.resolve("text.wav");
    Files.writeString(text, "This is no sound.\n".repeat(200));
    assertUnusable(text, "no audio file");

    Path empty = Files.createFile(folder.resolve("empty.wav"));
    assertUnusable(empty, "is empty (0 bytes)");

    assertUnusable(wav("silent.wav", new float[96_000]), "is silent");
    assertUnusable(wav("short.wav", Samples.sine(440, 0.3, 0.2, 48_000)), "is too short");
    assertUnusable(folder.resolve("missing.wav"), "is not there");

    byte[] flac = Files.readAllBytes(Samples.musical("violin_legato.flac"));
    Path cutFlac = folder.resolve("cut.flac");
    Files.write(cutFlac, Arrays.copyOf(flac, flac.length / 2));
    assertUnusable(cutFlac, "is (cut off|damaged)");

    byte[] whole = Files.readAllBytes(Samples.reference("violin_ref.wav"));
    Path cutWav = folder.resolve("cut.wav");
    Files.write(cutWav, Arrays.copyOf(whole, whole.length / 3));
    assertUnusable(cutWav, "is cut off");

    byte[] scratched = flac.clone();
    Arrays.fill(scratched, flac.length / 2, flac.length / 2 + 20_000, (byte) 0x55);
    Path damaged = folder.resolve("damaged.flac");
    Files.write(damaged, scratched);
    assertUnusable(damaged, "is (cut off|damaged)");

    Path playlist = folder.resolve("playlist.wav");
    Files.writeString(
        playlist, "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n");
    assertUnusable(playlist, "(no audio file|holds no)");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("out") || name.startsWith("."));
    }
  }

  private void assertUnusable(Path file, String reason) {
    assertThatThrownBy(() -> process(file))
        .isInstanceOf(UnusableAudioException.class)
        .hasMessageFindingMatch(reason.replace("(0 bytes)", "\\(0 bytes\\)"));
  }

  @Test
  void readsAnyFileName() throws Exception {
    // "Geräusch 火 100%.flac" as bytes, so that the test runs in every locale.
    Path named = Path.of(URI.create(folder.toUri() + "Ger%C3%A4usch%20%E7%81%AB%20100%25.flac"));
    Files.copy(Samples.musical("violin_pizzicato.flac"), named);
    assertThat(AudioDecoder.decodeMono(named, 48_000)).hasSizeGreaterThan(28 * 48_000);
  }
}
