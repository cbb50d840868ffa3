package dev.morphene.rave.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of ours in another runtime of another age: Python's, where there is one. */
class PythonTorchTest {
  private static final Path SCRIPT = Path.of("src/test/python/check_export.py");

  @TempDir Path folder;

  private record Finished(int exitCode, String output) {}

  private static Finished run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Finished(process.waitFor(), output);
  }

  /** The first Python that has PyTorch. */
  private static Optional<String> python() throws InterruptedException {
    for (String candidate : List.of("python3", "/usr/bin/python3")) {
      try {
        if (run(List.of(candidate, "-c", "import torch")).exitCode() == 0) {
          return Optional.of(candidate);
        }
      } catch (IOException e) {
        // Not there: the next one may be.
        continue;
      }
    }
    return Optional.empty();
  }

  @Test
  void pythonPlaysInstrumentsAndReadsCheckpoints() throws IOException, InterruptedException {
    Optional<String> python = python();
    if (python.isEmpty()) {
      System.out.println(
          "SKIPPED: no python3 with torch here, so exports were NOT checked outside the JVM."
              + " Install python3-torch to run this test.");
    }
    assumeTrue(python.isPresent(), "no python3 with torch");

    ModelWeights weights = ExportFixture.lively("v2_small");
    Path streaming = folder.resolve("streaming.ts");
    Path offline = folder.resolve("offline.ts");
    InstrumentExport.write(streaming, weights, true, 0.95);
    InstrumentExport.write(offline, weights, false, 0.95);
    Path checkpoint = folder.resolve("a.ckpt");
    TorchTree.write(checkpoint, tree(weights));
    float[] audio = ExportFixture.noise(9, 64 * 512);
    Path input = folder.resolve("in.f32");
    ByteBuffer bytes = ByteBuffer.allocate(4 * audio.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(audio);
    Files.write(input, bytes.array());
    Path result = folder.resolve("out.f32");

    Finished finished =
        run(
            List.of(
                python.get(),
                SCRIPT.toString(),
                streaming.toString(),
                offline.toString(),
                "--checkpoint",
                checkpoint.toString(),
                "--audio",
                input.toString(),
                "--result",
                result.toString()));
    System.out.print(finished.output());
    assertThat(finished.exitCode()).as(finished.output()).isZero();
    assertThat(finished.output()).contains("all checks held");

    float[] theirs = new float[audio.length];
    ByteBuffer.wrap(Files.readAllBytes(result))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(theirs);
    try (TorchRuntime runtime = TorchRuntime.open("cpu", 2);
        TorchModule module = runtime.load(offline, false)) {
      module.run("set_noise_gain", false, ScriptValue.of(0.0));
      TensorData ours =
          module
              .run("forward", false, ScriptValue.of(TensorData.ofFloats(audio, 1, 1, audio.length)))
              .asTensor();
      assertThat(theirs).containsExactly(ours.floats(), within(1e-4f));
    }
  }

  private static Map<String, Object> tree(ModelWeights weights) {
    double sum = 0;
    for (TensorData tensor : weights.tensors().values()) {
      if (tensor.type() == TensorData.ElementType.FLOAT32) {
        for (float value : tensor.floats()) {
          sum += value;
        }
      } else {
        for (long value : tensor.longs()) {
          sum += value;
        }
      }
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("step", 123_456_789_012L);
    tree.put("rate", 0.25);
    tree.put("sum", sum);
    tree.put("state_dict", weights.tensors());
    return tree;
  }
}
