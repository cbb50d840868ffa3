package dev.morphene.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.cli.CapturedRun;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.checkpoint.Checkpoint;
import dev.morphene.rave.checkpoint.OfficialCheckpointWriter;
import dev.morphene.rave.checkpoint.OptimizerState;
import dev.morphene.rave.checkpoint.TrainedModel;
import dev.morphene.rave.checkpoint.ValidationRecord;
import dev.morphene.rave.discriminator.DiscriminatorModule;
import dev.morphene.rave.model.ModelWeights;
import dev.morphene.rave.model.RaveConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the official trainer, as they lie on a disk, in our commands. */
class OfficialRunTest {
  private static final RaveConfig TINY = RaveConfig.preset("tiny", 48_000);

  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void write() throws IOException {
    run = writeRun(folder);
  }

  /** A causal model's run with checkpoints of steps 100 and 200. */
  static Path writeRun(Path folder) throws IOException {
    Path run = folder.resolve("glass_0123456789");
    Path checkpoints = Files.createDirectories(run.resolve("version_0/checkpoints"));
    Files.writeString(
        run.resolve("config.gin"), "SAMPLING_RATE = 48000\nconvs.get_padding.mode = 'causal'\n");
    OfficialCheckpointWriter.write(checkpoints.resolve("epoch_100.ckpt"), checkpoint(200));
    OfficialCheckpointWriter.write(checkpoints.resolve("best.ckpt"), checkpoint(100));
    return run;
  }

  private static Checkpoint checkpoint(long step) {
    Map<String, TensorData> weights = new LinkedHashMap<>(ModelWeights.initial(TINY, 1).tensors());
    DiscriminatorModule.module(TINY.discriminator(), 1, new Random(1))
        .stateDict()
        .forEach((key, tensor) -> weights.put("discriminator." + key, tensor));
    OptimizerState none = new OptimizerState(TensorData.scalar(0f), Map.of(), Map.of());
    return new Checkpoint(
        "glass", step, 1, 0, 0, 0, TINY, Map.of(), weights, none, none, ValidationRecord.none());
  }

  private static CapturedRun morphene(Object... words) {
    String[] arguments = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      arguments[i] = words[i].toString();
    }
    return CapturedRun.of(arguments);
  }

  @Test
  void theNewestByItsStepIsExportedUnderTheRunsName() {
    CapturedRun exported = morphene("export", "--run", run, "--streaming");
    assertThat(exported.exitCode()).as(exported.err()).isEqualTo(ExitCode.OK);
    assertThat(exported.out()).contains("Step 200 is the newest").contains("step 200");
    assertThat(run.resolve("final/glass.ts")).isNotEmptyFile();
  }

  @Test
  void aStartsFolderAFileAndAStepAreTaken() throws IOException {
    Path best = run.resolve("version_0/checkpoints/best.ckpt");
    for (Object[] words :
        new Object[][] {
          {"export", "--run", run.resolve("version_0"), "--checkpoint", "100"},
          {"export", "--run", best},
          {"export", "--run", run, "--checkpoint", best}
        }) {
      CapturedRun exported = morphene(words);
      assertThat(exported.exitCode()).as(exported.err()).isEqualTo(ExitCode.OK);
      assertThat(exported.out()).contains("glass.ts: step 100");
    }
    Files.delete(run.resolve("config.gin"));
    CapturedRun assumed = morphene("export", "--run", best);
    assertThat(assumed.err()).contains("44100 Hz");
  }

  @Test
  void anImportIsARunOfOursAndGoesBackToTheOfficialLayout() {
    Path imported = folder.resolve("imported");
    CapturedRun taken = morphene("import", "--run", run, "--out_path", imported);
    assertThat(taken.exitCode()).as(taken.err()).isEqualTo(ExitCode.OK);
    assertThat(taken.out()).contains("step 200 of a tiny+causal model at 48000 Hz, phase 1");
    assertThat(taken.err()).contains("random numbers");
    Checkpoint checkpoint = Checkpoint.read(imported.resolve("checkpoints/step_000000200.ckpt"));
    assertThat(checkpoint.config()).isEqualTo(RaveConfig.preset("tiny+causal", 48_000));
    CapturedRun again = morphene("import", "--run", run, "--out_path", imported);
    assertThat(again.exitCode()).isEqualTo(ExitCode.REFUSED);

    CapturedRun back = morphene("export", "--run", imported, "--format", "official");
    assertThat(back.exitCode()).as(back.err()).isEqualTo(ExitCode.OK);
    TrainedModel model = TrainedModel.read(imported.resolve("final/imported.ckpt"));
    assertThat(model.step()).isEqualTo(200);
    assertThat(model.weights()).containsAllEntriesOf(ModelWeights.initial(TINY, 1).tensors());
  }

  @Test
  void whatCannotBeIsSaid() throws IOException {
    assertThat(morphene("export", "--run", run, "--format", "onnx").exitCode())
        .isEqualTo(ExitCode.USAGE);
    Files.writeString(run.resolve("config.gin"), "CAPACITY = 96");
    CapturedRun off = morphene("import", "--run", run, "--out_path", folder.resolve("new"));
    assertThat(off.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(off.err()).contains("CAPACITY 96").doesNotContain("\tat ");
    assertThat(folder.resolve("new")).doesNotExist();
  }
}
