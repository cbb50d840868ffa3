package dev.morphene.rave.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundProfileTest {
  private static final int RATE_HZ = 48_000;

  @TempDir Path folder;

  @Test
  void aToneIsMeasuredAsItWasMade() throws Exception {
    SoundProfile tone = SoundProfile.of(mono("tone.wav", Samples.sine(997, 0.5, 4, RATE_HZ)));

    assertThat(tone.header()).isEqualTo(new AudioHeader(RATE_HZ, 1));
    assertThat(tone.seconds()).isCloseTo(4, within(1e-6));
    // BS.1770: -3.01 LUFS at full scale, and half of that is 6.02 dB less.
    assertThat(tone.loudness().integratedLufs()).isCloseTo(-9.03, within(0.1));
    assertThat(tone.samplePeakDecibels()).isCloseTo(-6.02, within(0.01));
    assertThat(tone.clippedRuns()).isZero();
    assertThat(tone.firstClipSeconds()).isEmpty();
    assertThat(tone.silenceShare()).isCloseTo(0, within(0.001));
  }

  @Test
  void flatTopsAreCountedOncePlaceByPlaceAndASinglePeakIsNone() throws Exception {
    float[] sound = Samples.sine(440, 0.3, 2, RATE_HZ);
    for (int index = 0; index < 40; index++) {
      sound[24_000 + index] = 1;
      sound[72_000 + index] = -1;
    }
    sound[50_000] = 1;
    sound[60_000] = 1;
    sound[60_001] = -1;
    sound[60_002] = 1;
    SoundProfile profile = SoundProfile.of(mono("flat.wav", sound));

    assertThat(profile.clippedRuns()).isEqualTo(2);
    assertThat(profile.firstClipSeconds().orElseThrow()).isCloseTo(0.5, within(0.001));
    assertThat(profile.samplePeakDecibels()).isCloseTo(0, within(0.001));
  }

  @Test
  void silenceIsWhatPreprocessWouldTrim() throws Exception {
    float[] tone = Samples.sine(440, 0.3, 2, RATE_HZ);
    float[] second = new float[RATE_HZ];
    // Of 8 s, 50 ms stay at each end; the pause of 1 s in the middle is part of the phrase.
    SoundProfile profile =
        SoundProfile.of(
            mono("pauses.wav", Samples.join(second, tone, second, tone, second, second)));
    assertThat(profile.silenceShare()).isCloseTo((3 - 0.1) / 8, within(0.005));
    assertThat(SoundProfile.of(mono("none.wav", new float[RATE_HZ])).silenceShare()).isEqualTo(1);
  }

  @Test
  void theSameSoundHasTheSameDigestInEveryLosslessFormat() throws Exception {
    Path flac = Samples.musical("violin_legato.flac");
    Path wav = folder.resolve("copy.wav");
    Files.write(wav, wavOf16Bits(AudioDecoder.decodeMono(flac, RATE_HZ)));

    SoundProfile original = SoundProfile.of(flac);
    assertThat(SoundProfile.of(wav).contentSha256()).isEqualTo(original.contentSha256());
    assertThat(original.contentSha256()).matches("[0-9a-f]{64}");
    assertThat(original.seconds()).isBetween(78.0, 80.0);

    byte[] touched = Files.readAllBytes(wav);
    touched[touched.length / 2] ^= 1;
    Files.write(wav, touched);
    assertThat(SoundProfile.of(wav).contentSha256()).isNotEqualTo(original.contentSha256());
  }

  @Test
  void aRealStereoRecordingIsMeasuredInItsOwnRateAndChannels() throws Exception {
    Path pizzicato = Samples.musical("violin_pizzicato.flac");
    SoundProfile profile = SoundProfile.of(pizzicato);
    assertThat(profile.header()).isEqualTo(new AudioHeader(44_100, 2));
    assertThat(profile.seconds()).isEqualTo(AudioDecoder.seconds(pizzicato));
    assertThat(profile.seconds()).isBetween(28.0, 30.0);
  }

  @Test
  void whatIsNoSoundHasNoProfile() throws Exception {
    Path text = folder.resolve("text.wav");
    Files.writeString(text, "This is no sound.\n".repeat(200));
    assertThatThrownBy(() -> SoundProfile.of(text))
        .isInstanceOf(UnusableAudioException.class)
        .hasMessageContaining("no audio file");
    assertThatThrownBy(() -> AudioDecoder.seconds(folder.resolve("missing.wav")))
        .isInstanceOf(UnusableAudioException.class)
        .hasMessage("is not there");
  }

  private Path mono(String name, float[] samples) throws IOException {
    Path file = folder.resolve(name);
    WavWriter.writeMono(file, RATE_HZ, 24, samples);
    return file;
  }

  /** Exactly the samples of a 16-bit original; {@link WavWriter} scales by 32,767. */
  private static byte[] wavOf16Bits(float[] samples) {
    ByteBuffer bytes = ByteBuffer.allocate(44 + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes
        .put("RIFF".getBytes(StandardCharsets.US_ASCII))
        .putInt(36 + 2 * samples.length)
        .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
        .putInt(16)
        .putShort((short) 1)
        .putShort((short) 1)
        .putInt(RATE_HZ)
        .putInt(2 * RATE_HZ)
        .putShort((short) 2)
        .putShort((short) 16)
        .put("data".getBytes(StandardCharsets.US_ASCII))
        .putInt(2 * samples.length);
    for (float sample : samples) {
      bytes.putShort((short) Math.round(sample * 32_768));
    }
    return bytes.array();
  }
}
