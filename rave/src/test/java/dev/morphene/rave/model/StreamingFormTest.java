package dev.morphene.rave.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.ScriptModule;
import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Playing block by block against the whole signal at once. */
class StreamingFormTest {
  private static final int FRAMES = 44;
  private static final int CAPACITY = 4;
  private static TorchRuntime runtime;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  /** Feeds a signal in blocks; offline, one block is all of it. */
  private static TorchModule codec(ModelWeights weights, Form form) {
    RaveNetwork network = RaveNetwork.of(weights, form);
    ScriptModule.Builder builder =
        ScriptModule.builder("__torch__.test.Codec")
            .child("pqmf", network.pqmf())
            .child("encoder", network.encoder())
            .child("decoder", network.decoder())
            .methods(
                """
                def encode(self, x: Tensor, block: int) -> Tensor:
                  parts = annotate(List[Tensor], [])
                  for start in range(0, x.size(2), block):
                    bands = self.pqmf.forward(torch.slice(x, 2, start, start + block))
                    parts.append(self.encoder.forward(bands))
                  return torch.cat(parts, 2)
                def decode(self, z: Tensor, block: int) -> Tensor:
                  parts = annotate(List[Tensor], [])
                  for start in range(0, z.size(2), block):
                    bands = self.decoder.synthesise(torch.slice(z, 2, start, start + block), 0.)
                    parts.append(self.pqmf.inverse(bands))
                  return torch.cat(parts, 2)
                """);
    if (weights.config().noise().isPresent()) {
      boolean late =
          form == Form.STREAMING
              && StreamingAlignment.of(RaveArchitecture.of(weights.config())).noiseInput() > 0;
      String branch = ScriptModule.pathExpression(RaveArchitecture.of(weights.config()).noiseKey());
      builder.methods(
          """
          def amplitudes(self, z: Tensor, block: int) -> Tensor:
            parts = annotate(List[Tensor], [])
            for start in range(0, z.size(2), block):
              x = self.decoder.net.forward(torch.slice(z, 2, start, start + block))
          %s    parts.append(%s.net.forward(x))
            return torch.cat(parts, 2)
          """
              .formatted(late ? "    x = self.decoder.features_delay.forward(x)\n" : "", branch));
    }
    return runtime.load(builder.build(), false);
  }

  private static TensorData call(TorchModule module, String method, TensorData x, int block) {
    return module.run(method, false, ScriptValue.of(x), ScriptValue.of((long) block)).asTensor();
  }

  /** A signal with silence before it and after it. */
  private static TensorData padded(TensorData signal, int before, int after) {
    int rows = (int) (signal.shape()[0] * signal.shape()[1]);
    int length = (int) signal.shape()[2];
    float[] data = new float[rows * (before + length + after)];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(
          signal.floats(), row * length, data, row * (before + length + after) + before, length);
    }
    return TensorData.ofFloats(data, signal.shape()[0], signal.shape()[1], before + length + after);
  }

  /**
   * @param late how many samples the second signal is ahead of the first
   * @param from where in the first the comparison begins
   */
  private static void assertSame(TensorData got, TensorData wanted, int late, int from) {
    int rows = (int) (got.shape()[0] * got.shape()[1]);
    int length = (int) got.shape()[2];
    int other = (int) wanted.shape()[2];
    double largest = 0;
    double peak = 0;
    for (int row = 0; row < rows; row++) {
      for (int i = from; i < length; i++) {
        double expected = i < late ? 0 : wanted.floats()[row * other + i - late];
        largest = Math.max(largest, Math.abs(got.floats()[row * length + i] - expected));
        peak = Math.max(peak, Math.abs(expected));
      }
    }
    assertThat(peak).isGreaterThan(0.001);
    assertThat(largest).isLessThan(2e-5 * Math.max(1, peak));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1",
        "v1+causal",
        "onnx",
        "v2",
        "v2_small",
        "v2_small+causal",
        "v2+causal",
        "v2+noise",
        "v3",
        "discrete"
      })
  void blocksAreTheWholeSignalDelayed(String preset) {
    blocksAreTheWholeSignalDelayed(SmallConfigs.narrow(preset, CAPACITY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2_small"})
  void soTheyAreInStereo(String preset) {
    blocksAreTheWholeSignalDelayed(SmallConfigs.narrow(preset, CAPACITY).withChannels(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "v2+causal"})
  void soTheyAreWithRatiosThatNoPresetHas(String preset) {
    blocksAreTheWholeSignalDelayed(SmallConfigs.withRatios(preset, 6, 10));
    blocksAreTheWholeSignalDelayed(SmallConfigs.withRatios(preset, 2, 8, 4));
  }

  /** Its filter has one tap, so there is nothing to add to it. */
  @Test
  void soTheyAreWithTheShortestNoise() {
    blocksAreTheWholeSignalDelayed(
        SmallConfigs.narrow("v2", CAPACITY)
            .toDraft()
            .noise(Optional.of(new NoiseBranch(2, List.of(2), 2)))
            .build());
  }

  private void blocksAreTheWholeSignalDelayed(RaveConfig config) {
    ModelWeights weights = LivelyWeights.of(config, 5);
    RaveArchitecture architecture = RaveArchitecture.of(config);
    int ratio = config.compressionRatio();
    try (TorchModule offline = codec(weights, Form.OFFLINE);
        TorchModule streaming = codec(weights, Form.STREAMING);
        TorchModule another = codec(weights, Form.STREAMING)) {
      int length = FRAMES * ratio;
      TensorData audio = LivelyWeights.noise(1, 1, config.channels(), length);
      int delay = architecture.encoderDelaySamples();
      TensorData late = padded(audio, delay, Math.floorMod(-delay, ratio));
      // Batch normalisation makes something of silence, which zeroed caches are not: it passes.
      int settled = architecture.firstGeneration() ? architecture.contextFrames() : 0;
      assertSame(
          call(streaming, "encode", audio, ratio),
          call(offline, "encode", late, length + delay + ratio),
          0,
          settled);

      int inputs = config.latentSize() + config.latent().noiseChannels();
      // Silence first: offline, transposed convolutions begin before the beginning.
      TensorData latent = padded(LivelyWeights.noise(2, 1, inputs, FRAMES - 16), 16, 0);
      assertSame(
          call(streaming, "decode", latent, 1),
          call(offline, "decode", latent, FRAMES),
          architecture.decoderDelaySamples(),
          0);

      if (config.noise().isPresent()) {
        StreamingAlignment alignment = StreamingAlignment.of(architecture);
        int frame = config.noise().get().frameBandSamples();
        int lateFrames = (alignment.totalBandSamples() - alignment.noiseOutput()) / frame;
        assertThat(lateFrames * frame + alignment.noiseOutput())
            .isEqualTo(alignment.totalBandSamples());
        assertSame(
            call(another, "amplitudes", latent, 1),
            call(offline, "amplitudes", latent, FRAMES),
            lateFrames,
            0);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2_small", "v3", "v2_small+causal"})
  void theTrainingFormInUseIsTheOfflineForm(String preset) {
    ModelWeights weights = LivelyWeights.of(SmallConfigs.narrow(preset, CAPACITY), 6);
    RaveConfig config = weights.config();
    TensorData audio = LivelyWeights.noise(3, 2, 1, 16 * config.compressionRatio());
    TensorData latent =
        LivelyWeights.noise(4, 2, config.latentSize() + config.latent().noiseChannels(), 16);
    try (TorchModule training = codec(weights, Form.TRAINING);
        TorchModule offline = codec(weights, Form.OFFLINE)) {
      training.setTraining(false);
      assertSame(
          call(training, "encode", audio, audio.elementCount()),
          call(offline, "encode", audio, audio.elementCount()),
          0,
          0);
      assertSame(call(training, "decode", latent, 16), call(offline, "decode", latent, 16), 0, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2_small", "v2+causal"})
  void streamsSideBySideAreEachAlone(String preset) {
    ModelWeights weights = LivelyWeights.of(SmallConfigs.narrow(preset, CAPACITY), 7);
    int length = 8 * weights.config().compressionRatio();
    TensorData both = LivelyWeights.noise(5, 2, 1, length);
    try (TorchModule together = codec(weights, Form.STREAMING);
        TorchModule alone = codec(weights, Form.STREAMING)) {
      float[] encoded =
          call(together, "encode", both, weights.config().compressionRatio()).floats();
      float[] second = Arrays.copyOfRange(both.floats(), length, 2 * length);
      TensorData single =
          call(
              alone,
              "encode",
              TensorData.ofFloats(second, 1, 1, length),
              weights.config().compressionRatio());
      float[] half = Arrays.copyOfRange(encoded, encoded.length / 2, encoded.length);
      assertSame(single, TensorData.ofFloats(half, single.shape()), 0, 0);
    }
  }
}
