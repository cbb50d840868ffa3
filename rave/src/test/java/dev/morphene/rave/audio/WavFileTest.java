package dev.morphene.rave.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WavFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {16, 24})
  void comesBackAsWritten(int bits) throws Exception {
    float[][] channels = {Samples.noise(0.9, 0.1, 44_100, 1), Samples.sine(300, 1, 0.1, 44_100)};
    Path file = folder.resolve("a.wav");
    try (WavWriter writer = WavWriter.create(file, new SampleFormat(44_100, 2), bits)) {
      writer.write(channels);
      assertThat(file).doesNotExist();
      writer.finish();
    }
    try (WavReader reader = WavReader.open(file)) {
      assertThat(reader.format()).isEqualTo(new SampleFormat(44_100, 2));
      assertThat(reader.samples()).isEqualTo(4_410);
      float[][] read = reader.read(10_000);
      float step = bits == 16 ? 1f / 0x7fff : 1f / 0x7fffff;
      for (int index = 0; index < 4_410; index++) {
        assertThat(read[0][index]).isCloseTo(channels[0][index], within(0.51f * step + 1e-7f));
        assertThat(read[1][index]).isCloseTo(channels[1][index], within(0.51f * step + 1e-7f));
      }
      assertThat(reader.read(10)[0]).isEmpty();
    }
    // A reader that is not ours agrees about the header.
    try (AudioInputStream stream = AudioSystem.getAudioInputStream(file.toFile())) {
      AudioFormat format = stream.getFormat();
      assertThat(format.getSampleSizeInBits()).isEqualTo(bits);
      assertThat(format.getSampleRate()).isEqualTo(44_100f);
      assertThat(stream.getFrameLength()).isEqualTo(4_410);
    }
  }

  @Test
  void clipsInsteadOfWrappingAround() throws Exception {
    Path file = folder.resolve("loud.wav");
    WavWriter.writeMono(file, 8_000, 16, new float[] {2, -2, Float.NaN});
    assertThat(WavReader.readMono(file)).containsExactly(1, -1, 0);
  }

  @Test
  void leavesNothingWhenNotFinished() throws Exception {
    Path file = folder.resolve("gone.wav");
    try (WavWriter writer = WavWriter.create(file, new SampleFormat(8_000, 1), 16)) {
      writer.write(new float[][] {{0.5f}});
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesAFileShorterThanItsHeaderSays() throws Exception {
    Path file = folder.resolve("cut.wav");
    WavWriter.writeMono(file, 8_000, 16, new float[1_000]);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 900));
    assertThatThrownBy(() -> WavReader.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cut off");
  }
}
