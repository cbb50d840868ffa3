package dev.morphene.rave.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.morphene.rave.archive.ScriptValue;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.checkpoint.OfficialCheckpointWriter;
import dev.morphene.rave.checkpoint.OfficialFixture;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.model.SmallConfigs;
import dev.morphene.rave.torch.TorchModule;
import dev.morphene.rave.torch.TorchRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of ours in another runtime of another age: Python's, where there is one. */
class PythonTorchTest {
  private static final Path OFFICIAL = Path.of("src/test/python/check_official.py");

  @TempDir Path folder;

  @Test
  void pythonPlaysInstrumentsAndReadsCheckpoints() throws IOException, InterruptedException {
    Optional<String> python = OtherTorch.python();
    if (python.isEmpty()) {
      System.out.println(
          "SKIPPED: no python3 with torch here, so exports were NOT checked outside the JVM."
              + " Install python3-torch to run this test.");
    }
    assumeTrue(python.isPresent(), "no python3 with torch");

    ModelWeights weights = ExportFixture.lively("v2_small");
    Path streaming = folder.resolve("streaming.ts");
    Path offline = folder.resolve("offline.ts");
    InstrumentExport.write(streaming, weights, InstrumentOptions.of(true, 0.95));
    InstrumentExport.write(offline, weights, InstrumentOptions.of(false, 0.95));
    Path checkpoint = folder.resolve("a.ckpt");
    TorchTree.write(checkpoint, tree(weights));
    float[] audio = ExportFixture.noise(9, 64 * 512);
    Path input = folder.resolve("in.f32");
    ByteBuffer bytes = ByteBuffer.allocate(4 * audio.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(audio);
    Files.write(input, bytes.array());
    Path result = folder.resolve("out.f32");

    OtherTorch.Finished finished =
        OtherTorch.run(
            List.of(
                python.get(),
                OtherTorch.SCRIPT.toString(),
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

  /** One of each kind; {@link PythonTorchLongIT} has all. */
  @Test
  void eachKindOfModelStreamsThereAsItSoundsOffline() throws Exception {
    Optional<String> python = OtherTorch.python();
    assumeTrue(python.isPresent(), "no python3 with torch");
    Map<String, RaveConfig> models = new LinkedHashMap<>();
    for (String preset : List.of("v1", "v3", "discrete", "v2_small+wasserstein")) {
      models.put(preset, SmallConfigs.narrow(preset, 4));
    }
    OtherTorch.checkStreaming(python.get(), folder, models);
  }

  /** Everything a training framework puts into a checkpoint: optimiser, views, module versions. */
  private static final String SAVE =
      """
      import sys, torch
      torch.manual_seed(3)
      net = torch.nn.Sequential(torch.nn.Conv1d(2, 3, 5), torch.nn.BatchNorm1d(3))
      adam = torch.optim.Adam(net.parameters(), lr=1e-3, betas=(0.5, 0.9))
      net(torch.randn(4, 2, 9)).square().sum().backward()
      adam.step()
      base = torch.arange(6.).reshape(2, 3)
      torch.save({"epoch": 3, "state_dict": net.state_dict(), "optimizer_states":
          [adam.state_dict()], "views": [base, base.t(), base[1:, 1:]], "none": None,
          "size": base.shape, "parameter": torch.nn.Parameter(torch.ones(2))}, sys.argv[1])
      print("%.9g" % sum(float(v.double().sum()) for v in net.state_dict().values()))
      """;

  @Test
  void checkpointsOfPythonAreRead() throws IOException, InterruptedException {
    Optional<String> python = OtherTorch.python();
    assumeTrue(python.isPresent(), "no python3 with torch");
    Path file = folder.resolve("theirs.ckpt");
    OtherTorch.Finished finished =
        OtherTorch.run(List.of(python.get(), "-c", SAVE, file.toString()));
    assertThat(finished.exitCode()).as(finished.output()).isZero();

    Map<String, Object> tree = TorchTree.read(file);
    assertThat(tree).containsEntry("epoch", 3L).containsEntry("none", null);
    assertThat(tree.get("size")).isEqualTo(List.of(2L, 3L));
    assertThat(tree.get("parameter")).isEqualTo(TensorData.ofFloats(new float[] {1, 1}, 2));
    assertThat(tree.get("views"))
        .isEqualTo(
            List.of(
                TensorData.ofFloats(new float[] {0, 1, 2, 3, 4, 5}, 2, 3),
                TensorData.ofFloats(new float[] {0, 3, 1, 4, 2, 5}, 3, 2),
                TensorData.ofFloats(new float[] {4, 5}, 1, 2)));
    Map<?, ?> state = (Map<?, ?>) tree.get("state_dict");
    assertThat(state).hasSize(7);
    assertThat(state.get("1.num_batches_tracked")).isEqualTo(TensorData.scalar(1L));
    assertThat(sum(state.values()))
        .isCloseTo(Double.parseDouble(finished.output().strip()), within(1e-6));
    Map<?, ?> adam = (Map<?, ?>) ((List<?>) tree.get("optimizer_states")).get(0);
    assertThat((Map<?, ?>) adam.get("state")).hasSize(4);
  }

  @Test
  void pythonGoesOnFromOurOfficialCheckpoints() throws IOException, InterruptedException {
    Optional<String> python = OtherTorch.python();
    assumeTrue(python.isPresent(), "no python3 with torch");
    List<String> command = new ArrayList<>(List.of(python.get(), OFFICIAL.toString()));
    List<Path> files = new ArrayList<>();
    for (String preset : List.of("v1", "v2", "v2_small", "v3", "discrete")) {
      Path file = folder.resolve(preset + ".ckpt");
      OfficialCheckpointWriter.write(
          file, OfficialFixture.checkpoint(OfficialFixture.shrunken(preset)));
      files.add(file);
      command.add(file.toString());
    }
    OtherTorch.Finished finished = OtherTorch.run(command);
    assertThat(finished.exitCode()).as(finished.output()).isZero();
    assertThat(finished.output().lines())
        .hasSameSizeAs(files)
        .allMatch(said -> said.contains("all checks held"));
    for (Path file : files) {
      assertThat(TorchTree.read(Path.of(file + ".copy"))).isEqualTo(TorchTree.read(file));
    }
  }

  private static double sum(Collection<?> tensors) {
    double sum = 0;
    for (Object value : tensors) {
      TensorData tensor = (TensorData) value;
      if (tensor.type() == TensorData.ElementType.FLOAT32) {
        for (float element : tensor.floats()) {
          sum += element;
        }
      } else {
        sum += LongStream.of(tensor.longs()).sum();
      }
    }
    return sum;
  }

  private static Map<String, Object> tree(ModelWeights weights) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("step", 123_456_789_012L);
    tree.put("rate", 0.25);
    tree.put("sum", sum(weights.tensors().values()));
    tree.put("state_dict", weights.tensors());
    return tree;
  }
}
