package dev.morphene.rave.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.model.CheckpointCodec;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstrumentExportTest {
  private static TorchRuntime runtime;
  @TempDir Path folder;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.open("cpu", 2);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @ParameterizedTest
  @CsvSource({"tiny, 512, 2048", "v2_small, 512, 2048", "v2, 2048, 2048"})
  void streamingEqualsOneCallAndTheOfflineModelDelayed(String preset, int ratio, int block) {
    ModelWeights weights = ExportFixture.lively(preset);
    Path streamingFile = folder.resolve("streaming.ts");
    Path offlineFile = folder.resolve("offline.ts");
    InstrumentExport export =
        InstrumentExport.write(streamingFile, weights, InstrumentOptions.of(true, 0.95));
    InstrumentExport.write(offlineFile, weights, InstrumentOptions.of(false, 0.95));
    int frames = 48;
    int length = frames * ratio;
    float[] audio = ExportFixture.noise(1, length);
    int latents = export.latentSize();

    try (TorchModule whole = runtime.load(streamingFile, false);
        TorchModule blocks = runtime.load(streamingFile, false);
        TorchModule offline = runtime.load(offlineFile, false)) {
      quiet(List.of(whole, blocks, offline), weights);

      // Encoding: the offline model hears the audio late, and to its end.
      float[] encoded = call(whole, "encode", audio, 1, length);
      int delay = export.encodeDelaySamples();
      int longer = length + (delay + ratio - 1) / ratio * ratio;
      float[] late = new float[longer];
      System.arraycopy(audio, 0, late, delay, length);
      float[] expected = call(offline, "encode", late, 1, longer);
      Compared encodeOffline = new Compared();
      for (int row = 0; row < latents; row++) {
        for (int frame = 0; frame < frames; frame++) {
          encodeOffline.add(
              encoded[row * frames + frame], expected[row * (longer / ratio) + frame]);
        }
      }
      Compared encodeBlocks = new Compared();
      int blockFrames = block / ratio;
      for (int start = 0; start < frames; start += blockFrames) {
        float[] part = Arrays.copyOfRange(audio, start * ratio, start * ratio + block);
        float[] got = call(blocks, "encode", part, 1, block);
        for (int row = 0; row < latents; row++) {
          for (int i = 0; i < blockFrames; i++) {
            encodeBlocks.add(got[row * blockFrames + i], encoded[row * frames + start + i]);
          }
        }
      }

      // Decoding: silence first, so that nothing lies before the beginning.
      float[] latent = ExportFixture.noise(2, latents * frames);
      for (int row = 0; row < latents; row++) {
        Arrays.fill(latent, row * frames, row * frames + 16, 0);
      }
      float[] decoded = call(whole, "decode", latent, latents, frames);
      float[] original = call(offline, "decode", latent, latents, frames);
      Compared decodeOffline = new Compared();
      for (int i = 0; i < length; i++) {
        int source = i - export.decodeDelaySamples();
        decodeOffline.add(decoded[i], source < 0 ? 0 : original[source]);
      }
      Compared decodeBlocks = new Compared();
      for (int start = 0; start < frames; start += blockFrames) {
        float[] part = new float[latents * blockFrames];
        for (int row = 0; row < latents; row++) {
          System.arraycopy(latent, row * frames + start, part, row * blockFrames, blockFrames);
        }
        float[] got = call(blocks, "decode", part, latents, blockFrames);
        for (int i = 0; i < block; i++) {
          decodeBlocks.add(got[i], decoded[start * ratio + i]);
        }
      }
      System.out.printf(
          "%s: encode blocks %.1e offline %.1e (peak %.2f), decode blocks %.1e offline %.1e (peak"
              + " %.3f)%n",
          preset,
          encodeBlocks.largest,
          encodeOffline.largest,
          encodeOffline.peak,
          decodeBlocks.largest,
          decodeOffline.largest,
          decodeOffline.peak);
      for (Compared compared : List.of(encodeBlocks, encodeOffline, decodeBlocks, decodeOffline)) {
        assertThat(compared.peak).isGreaterThan(0.05);
        assertThat(compared.largest).isLessThan(1e-4 * Math.max(1, compared.peak));
      }
    }
  }

  /** Largest difference of two signals, and how loud they are. */
  private static final class Compared {
    private double largest;
    private double peak;

    void add(float got, float wanted) {
      largest = Math.max(largest, Math.abs(got - wanted));
      peak = Math.max(peak, Math.abs(wanted));
    }
  }

  /** Turns the random noise branch off, where there is one. */
  private static void quiet(List<TorchModule> modules, ModelWeights weights) {
    if (weights.config().noise().isPresent()) {
      for (TorchModule module : modules) {
        assertThat(module.run("set_noise_gain", false, ScriptValue.of(0.0)).asLong()).isZero();
      }
    }
  }

  private static float[] call(TorchModule module, String method, float[] data, int rows, int n) {
    TensorData input = TensorData.ofFloats(data, 1, rows, n);
    return module.run(method, false, ScriptValue.of(input)).asTensor().floats();
  }

  @Test
  void severalStreamsAtOnceEqualEachAlone() {
    ModelWeights weights = ExportFixture.lively("tiny");
    Path file = folder.resolve("a.ts");
    InstrumentExport.write(file, weights, InstrumentOptions.of(true, 0.95));
    float[] audio = ExportFixture.noise(3, 4 * 2048);
    try (TorchModule together = runtime.load(file, false)) {
      for (int start = 0; start < 2048; start += 1024) {
        float[] batch = new float[4 * 1024];
        for (int row = 0; row < 4; row++) {
          System.arraycopy(audio, row * 2048 + start, batch, row * 1024, 1024);
        }
        TensorData input = TensorData.ofFloats(batch, 4, 1, 1024);
        TensorData got = together.run("forward", false, ScriptValue.of(input)).asTensor();
        assertThat(got.shape()).containsExactly(4, 1, 1024);
        if (start == 1024) {
          try (TorchModule alone = runtime.load(file, false)) {
            call(alone, "forward", Arrays.copyOfRange(audio, 4096, 5120), 1, 1024);
            float[] third = call(alone, "forward", Arrays.copyOfRange(audio, 5120, 6144), 1, 1024);
            assertThat(Arrays.copyOfRange(got.floats(), 2048, 3072))
                .containsExactly(third, within(1e-5f));
          }
        }
      }
      TensorData crowd = TensorData.zeros(65, 1, 512);
      assertThatThrownBy(() -> together.run("forward", false, ScriptValue.of(crowd)))
          .isInstanceOf(JobFailure.class)
          .hasMessageContaining("at most 64 streams");
    }
  }

  @Test
  void theHostFindsWhatItLooksFor() {
    Path file = folder.resolve("a.ts");
    InstrumentExport export =
        InstrumentExport.write(
            file, ExportFixture.lively("v2_small"), InstrumentOptions.of(true, 0.95));
    assertThat(export).isEqualTo(new InstrumentExport(128, 5_504, 5_024));
    try (TorchModule module = runtime.load(file, false)) {
      assertThat(module.run("get_methods", false))
          .isEqualTo(ScriptValue.texts(List.of("encode", "decode", "forward")));
      assertThat(module.run("get_attributes", false))
          .isEqualTo(ScriptValue.texts(List.of("latent_noise", "noise_gain")));
      assertThat(module.run("get_latent_noise", false).asDouble()).isZero();
      assertThat(module.run("set_latent_noise", false, ScriptValue.of(0.5)).asLong()).isZero();
      assertThat(module.run("get_latent_noise", false).asDouble()).isEqualTo(0.5);
      assertThat(module.run("set_latent_noise", false, ScriptValue.of(1.5)).asLong()).isEqualTo(-1);
      assertThat(module.run("get_latent_noise", false).asDouble()).isEqualTo(0.5);
    }
  }

  @Test
  void equalModelsAreEqualFilesAndEncodingIsDeterministicUntilNoiseIsAskedFor() throws IOException {
    ModelWeights weights = ExportFixture.lively("tiny");
    Path file = folder.resolve("a.ts");
    Path again = folder.resolve("b.ts");
    InstrumentExport.write(file, weights, InstrumentOptions.of(false, 0.95));
    InstrumentExport.write(again, weights, InstrumentOptions.of(false, 0.95));
    assertThat(file).hasSameBinaryContentAs(again);
    assertThat(Files.size(file)).isGreaterThan(100_000);
    float[] audio = ExportFixture.noise(4, 8192);
    try (TorchModule module = runtime.load(file, false)) {
      float[] first = call(module, "forward", audio, 1, 8192);
      assertThat(call(module, "forward", audio, 1, 8192)).containsExactly(first);
      module.run("set_latent_noise", false, ScriptValue.of(1.0));
      assertThat(call(module, "forward", audio, 1, 8192)).isNotEqualTo(first);
    }
  }

  /** Rotation, mean and cut against the same done by hand on the codec's latents. */
  @Test
  void latentsAreCentredRotatedAndCut() {
    ModelWeights plain = ExportFixture.lively("tiny");
    int size = plain.config().latentSize();
    Map<String, TensorData> analysis = new LinkedHashMap<>();
    float[] mean = ExportFixture.noise(5, size);
    float[][] rotation = rotation(size, 6);
    float[] flat = new float[size * size];
    float[] cumulative = new float[size];
    for (int i = 0; i < size; i++) {
      System.arraycopy(rotation[i], 0, flat, i * size, size);
      cumulative[i] = Math.min(1, 0.4f + 0.2f * i);
    }
    analysis.put(ModelWeights.LATENT_MEAN, TensorData.ofFloats(mean, size));
    analysis.put(ModelWeights.LATENT_PCA, TensorData.ofFloats(flat, size, size));
    analysis.put(ModelWeights.FIDELITY, TensorData.ofFloats(cumulative, size));
    ModelWeights weights = plain.with(analysis);
    Path file = folder.resolve("a.ts");
    assertThat(InstrumentExport.write(file, weights, InstrumentOptions.of(false, 0.7)).latentSize())
        .isEqualTo(4);

    float[] audio = ExportFixture.noise(7, 8192);
    int frames = 8192 / weights.config().compressionRatio();
    try (TorchModule module = runtime.load(file, false);
        CheckpointCodec codec = new CheckpointCodec(runtime, weights)) {
      float[][] means = codec.encode(audio);
      float[] encoded = call(module, "encode", audio, 1, audio.length);
      float[][] restored = new float[size][frames];
      for (int frame = 0; frame < frames; frame++) {
        for (int component = 0; component < 4; component++) {
          float expected = 0;
          for (int i = 0; i < size; i++) {
            expected += rotation[component][i] * (means[i][frame] - mean[i]);
          }
          assertThat(encoded[component * frames + frame]).isCloseTo(expected, within(1e-4f));
        }
        for (int i = 0; i < size; i++) {
          restored[i][frame] = mean[i];
          for (int component = 0; component < 4; component++) {
            restored[i][frame] += rotation[component][i] * encoded[component * frames + frame];
          }
        }
      }
      assertThat(call(module, "decode", encoded, 4, frames))
          .containsExactly(codec.decode(restored), within(1e-4f));
    }
  }

  /** Orthonormal rows, by Gram and Schmidt. */
  private static float[][] rotation(int size, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        rows[i][j] = (float) random.nextGaussian();
      }
      for (int k = 0; k < i; k++) {
        float along = 0;
        for (int j = 0; j < size; j++) {
          along += rows[i][j] * rows[k][j];
        }
        for (int j = 0; j < size; j++) {
          rows[i][j] -= along * rows[k][j];
        }
      }
      double norm = 0;
      for (float value : rows[i]) {
        norm += value * value;
      }
      for (int j = 0; j < size; j++) {
        rows[i][j] /= (float) Math.sqrt(norm);
      }
    }
    return rows;
  }

  @Test
  void aStereoInstrumentStreamsBothChannels() {
    ModelWeights weights =
        ModelWeights.initial(RaveConfig.preset("v2_small", 44_100).withChannels(2), 3);
    assertThat(weights.tensor("encoder.encoder.net.0.weight_v").shape()).containsExactly(48, 32, 7);
    assertThat(weights.tensor("decoder.waveform_module.weight_g").shape())
        .containsExactly(64, 1, 1);
    Path file = folder.resolve("stereo.ts");
    InstrumentExport.write(file, weights, InstrumentOptions.of(true, 0.95));
    try (TorchModule module = runtime.load(file, false)) {
      for (int block = 0; block < 3; block++) {
        TensorData input = TensorData.ofFloats(ExportFixture.noise(block, 2 * 2048), 1, 2, 2048);
        TensorData output = module.run("forward", false, ScriptValue.of(input)).asTensor();
        assertThat(output.shape()).containsExactly(1, 2, 2048);
      }
      TensorData batch = TensorData.zeros(64, 2, 512);
      assertThat(module.run("forward", false, ScriptValue.of(batch)).asTensor().shape())
          .containsExactly(64, 2, 512);
    }
  }

  @Test
  void anInstrumentAtTwiceTheRateAndWithTwoChannelsEqualsItselfInBlocksAndOffline() {
    ModelWeights weights = ExportFixture.lively("tiny");
    InstrumentOptions streamed =
        new InstrumentOptions(true, 0.95, OptionalInt.of(88_200), OptionalInt.of(2));
    Path file = folder.resolve("streaming.ts");
    Path offlineFile = folder.resolve("offline.ts");
    InstrumentExport export = InstrumentExport.write(file, weights, streamed);
    InstrumentExport.write(
        offlineFile,
        weights,
        new InstrumentOptions(false, 0.95, OptionalInt.of(88_200), OptionalInt.of(2)));
    int ratio = 2 * weights.config().compressionRatio();
    int frames = 40;
    float[] latent = ExportFixture.noise(2, export.latentSize() * frames);
    for (int row = 0; row < export.latentSize(); row++) {
      Arrays.fill(latent, row * frames, row * frames + 16, 0);
    }
    try (TorchModule streaming = runtime.load(file, false);
        TorchModule offline = runtime.load(offlineFile, false)) {
      float[] got = call(streaming, "decode", latent, export.latentSize(), frames);
      float[] wanted = call(offline, "decode", latent, export.latentSize(), frames);
      int length = frames * ratio;
      assertThat(got).hasSize(2 * length);
      Compared compared = new Compared();
      for (int i = export.decodeDelaySamples(); i < length; i++) {
        compared.add(got[i], wanted[i - export.decodeDelaySamples()]);
        compared.add(got[length + i], wanted[length + i - export.decodeDelaySamples()]);
      }
      assertThat(compared.peak).isGreaterThan(0.05);
      assertThat(compared.largest).isLessThan(1e-4);
      assertThat(call(streaming, "encode", new float[ratio], 1, ratio))
          .hasSize(export.latentSize());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "44101, 1, plays at that rate",
    "441000, 1, plays at that rate",
    "44100, 17, 1 to 16"
  })
  void optionsThatDoNotFitAreRefused(int rate, int channels, String reason) {
    InstrumentOptions options =
        new InstrumentOptions(true, 0.95, OptionalInt.of(rate), OptionalInt.of(channels));
    Path file = folder.resolve("a.ts");
    ModelWeights weights = ExportFixture.lively("tiny");
    assertThatThrownBy(() -> InstrumentExport.write(file, weights, options))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.BAD_INPUT))
        .hasMessageContaining(reason);
    assertThat(file).doesNotExist();
  }

  @Test
  void aFolderThatIsNotThereIsAStorageFailure() {
    assertThatThrownBy(
            () ->
                InstrumentExport.write(
                    folder.resolve("none/a.ts"),
                    ExportFixture.lively("tiny"),
                    InstrumentOptions.of(true, 0.95)))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.STORAGE));
  }
}
