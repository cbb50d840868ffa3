package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Delays in audio samples, against those of official exports. */
class StreamingDelayTest {
  @ParameterizedTest
  @CsvSource({
    "v2, 14208, 12512",
    "v3, 14208, 12512",
    "v2+wasserstein, 14208, 12512",
    "v2+spherical, 14208, 12512",
    "v2_small, 5504, 5024",
    "discrete, 9600, 8672",
    "onnx, 8448, 16064",
    "raspberry, 8448, 16064",
    "v2+causal, 0, 1696",
    "v3+causal, 0, 1696"
  })
  void delaysAreTheOfficialOnes(String name, int encode, int decode) {
    RaveArchitecture architecture = RaveArchitecture.of(RaveConfig.preset(name, 44_100));
    assertThat(architecture.encoderDelaySamples()).isEqualTo(encode);
    assertThat(architecture.decoderDelaySamples()).isEqualTo(decode);
  }

  /**
   * Where the official delays let noise frames fall elsewhere than offline, or turn the odd bands
   * round, ours are others on purpose. v1's noise is ready before the official program thinks: 1024
   * band samples instead of 1049, an odd number. The overlay's frames of 8 end two band samples
   * later than its waveform.
   */
  @ParameterizedTest
  @CsvSource({
    "v1, 8448, 16640, 17040",
    "v2+noise, 14208, 12544, 12512",
    "v2_small+causal, 0, 512, 480"
  })
  void noiseFramesFallWhereTheyDoOffline(String name, int encode, int decode, int official) {
    RaveArchitecture architecture = RaveArchitecture.of(RaveConfig.preset(name, 44_100));
    assertThat(architecture.encoderDelaySamples()).isEqualTo(encode);
    assertThat(architecture.decoderDelaySamples()).isEqualTo(decode).isNotEqualTo(official);
  }

  /** A kernel of 5 makes the sum of all paddings odd: the filter bank wants one more. */
  @ParameterizedTest
  @CsvSource({"v2, 5", "v2_small, 5", "v2, 7", "discrete, 9"})
  void theFilterBankIsNeverLateByAnOddNumberOfBandSamples(String name, int kernel) {
    RaveConfig preset = RaveConfig.preset(name, 44_100);
    RaveConfig config = preset.toDraft().kernelSize(kernel).build();
    RaveArchitecture architecture = RaveArchitecture.of(config);
    assertThat(architecture.encoderDelaySamples() / config.bands() % 2).isZero();
    assertThat(architecture.decoderDelaySamples() / config.bands() % 2).isZero();
  }
}
