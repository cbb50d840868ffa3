package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.NetworkStyle.Padding;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the values of the official filter bank, to the digits they are known to. */
class PqmfTest {
  private static final Offset<Double> SEVEN_DIGITS = within(6e-8);
  private static final Offset<Float> SEVEN_DIGITS_FLOAT = within(2e-7f);

  @Test
  void thePrototypeIsTheOfficialOne() {
    double[] taps = Pqmf.prototype();
    assertThat(taps).hasSize(377);
    assertThat(Arrays.stream(taps).sum()).isCloseTo(0.99999833, within(5e-9));
    assertThat(taps[0]).isCloseTo(5.552889e-07, within(5e-13));
    assertThat(taps[1]).isCloseTo(6.982074e-07, within(5e-13));
    assertThat(taps[2]).isCloseTo(8.432835e-07, within(5e-13));
    assertThat(taps[188]).isCloseTo(0.0342245298, within(5e-11));
    assertThat(taps[187]).isCloseTo(0.0341540127, within(5e-11));
    assertThat(taps[189]).isCloseTo(taps[187], within(1e-15));
  }

  @Test
  void theBankIsTheOfficialOne() {
    double[][] bank = Pqmf.bank();
    double[] first = {0.0592532, 0.0564452, 0.0528028, 0.0484008};
    double[] second = {-0.0065854, 0.0132439, 0.0322002, 0.0484008};
    for (int i = 0; i < 4; i++) {
      assertThat(bank[0][252 + i]).isCloseTo(first[i], SEVEN_DIGITS);
      assertThat(bank[1][252 + i]).isCloseTo(second[i], SEVEN_DIGITS);
    }
    for (double[] row : bank) {
      assertThat(row).hasSize(512);
      assertThat(row[66]).isZero();
      assertThat(row[67]).isNotZero();
      assertThat(row[443]).isNotZero();
      assertThat(row[444]).isZero();
      assertThat(Arrays.stream(row).map(tap -> tap * tap).sum()).isCloseTo(0.0625082, SEVEN_DIGITS);
    }
  }

  @Test
  void aRampGivesTheOfficialBandsAndComesBackAsOfficially() {
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        TorchModule pqmf =
            runtime.load(RaveNetwork.pqmf(Form.OFFLINE, 1, Padding.CENTERED), false)) {
      float[] ramp = new float[64];
      for (int i = 0; i < 64; i++) {
        ramp[i] = i / 64f;
      }
      TensorData bands =
          pqmf.run("forward", false, ScriptValue.of(TensorData.ofFloats(ramp, 1, 1, 64)))
              .asTensor();
      assertThat(bands.shape()).containsExactly(1, 16, 4);
      assertThat(Arrays.copyOf(bands.floats(), 4))
          .containsExactly(
              new float[] {-0.1119043f, -0.0296235f, 0.1741349f, 0.5822855f}, SEVEN_DIGITS_FLOAT);
      float[] audio = pqmf.run("inverse", false, ScriptValue.of(bands)).asTensor().floats();
      assertThat(Arrays.copyOf(audio, 3))
          .containsExactly(new float[] {-0.0239605f, -0.0306637f, -0.0373776f}, SEVEN_DIGITS_FLOAT);
    }
  }

  /** Causal, each side of the bank is late by its 16 band samples of look-ahead. */
  @ParameterizedTest
  @CsvSource({"CENTERED, 16", "CAUSAL, 528"})
  void noiseComesBackLateAtSixtyDecibels(Padding padding, int lag) {
    int length = 1 << 15;
    float[] noise = new float[2 * length];
    Random random = new Random(7);
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextFloat() * 2 - 1;
    }
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        TorchModule pqmf = runtime.load(RaveNetwork.pqmf(Form.OFFLINE, 2, padding), false)) {
      TensorData bands =
          pqmf.run("forward", false, ScriptValue.of(TensorData.ofFloats(noise, 1, 2, length)))
              .asTensor();
      assertThat(bands.shape()).containsExactly(1, 32, length / 16);
      float[] back = pqmf.run("inverse", false, ScriptValue.of(bands)).asTensor().floats();
      for (int channel = 0; channel < 2; channel++) {
        double signal = 0;
        double error = 0;
        for (int i = 1024; i < length - 1024; i++) {
          double x = noise[channel * length + i - lag];
          double difference = back[channel * length + i] - x;
          signal += x * x;
          error += difference * difference;
        }
        assertThat(10 * Math.log10(signal / error)).isCloseTo(60.0, within(0.3));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"CENTERED, 256", "CAUSAL, 0"})
  void blocksAreTheOfflineBankOfDelayedAudio(Padding padding, int delay) {
    int length = 4096;
    float[] audio = new float[length];
    Random random = new Random(8);
    for (int i = 0; i < length; i++) {
      audio[i] = random.nextFloat() * 2 - 1;
    }
    // Longer by the delay: what the stream has heard, the offline bank must not miss.
    int longer = length + delay;
    float[] late = new float[longer];
    System.arraycopy(audio, 0, late, delay, length);
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        TorchModule offline = runtime.load(RaveNetwork.pqmf(Form.OFFLINE, 1, padding), false);
        TorchModule streaming = runtime.load(RaveNetwork.pqmf(Form.STREAMING, 1, padding), false)) {
      float[] expected =
          offline
              .run("forward", false, ScriptValue.of(TensorData.ofFloats(late, 1, 1, longer)))
              .asTensor()
              .floats();
      int block = 512;
      for (int start = 0; start < length; start += block) {
        float[] part = Arrays.copyOfRange(audio, start, start + block);
        float[] bands =
            streaming
                .run("forward", false, ScriptValue.of(TensorData.ofFloats(part, 1, 1, block)))
                .asTensor()
                .floats();
        for (int k = 0; k < 16; k++) {
          for (int n = 0; n < block / 16; n++) {
            assertThat(bands[k * block / 16 + n])
                .isCloseTo(expected[k * longer / 16 + start / 16 + n], within(1e-6f));
          }
        }
      }
    }
  }
}
