package dev.morphene.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.cli.CommandRun;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.audio.WavWriter;
import dev.morphene.rave.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the official trainer is audited, exported by its audits, and trained on. */
class OfficialRunLongIT {
  private static final int RATE_HZ = 48_000;

  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void write() throws IOException {
    run = OfficialRunTest.writeRun(folder);
    Files.createDirectories(folder.resolve("sound"));
    for (int i = 0; i < 2; i++) {
      float[] tone = new float[6 * RATE_HZ];
      for (int t = 0; t < tone.length; t++) {
        tone[t] = (float) (0.3 * Math.sin(2 * Math.PI * (220 + 110 * i) * t / RATE_HZ));
      }
      WavWriter.writeMono(folder.resolve("sound/" + i + ".wav"), RATE_HZ, 24, tone);
    }
  }

  private static CommandRun morphene(Object... words) {
    CommandRun run =
        CommandRun.of(Arrays.stream(words).map(Object::toString).toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    return run;
  }

  @Test
  void itsCheckpointsAreAuditedAndTheBestIsExported() {
    morphene(
        "audit",
        "--run",
        run,
        "--all",
        "--instrument",
        run.getFileName(),
        "--musical-ref",
        folder.resolve("sound/0.wav"),
        "--nonmusical-ref",
        folder.resolve("sound/1.wav"),
        "--output",
        folder,
        "--duration",
        "1");
    assertThat(run.resolve("audit")).isDirectoryContaining("glob:**/*200");
    assertThat(morphene("export", "--run", run).out()).contains("of 2 audited checkpoints");
  }

  @Test
  void trainingGoesOnFromItsImport() {
    Path imported = folder.resolve("imported");
    morphene("import", "--run", run, "--out_path", imported);
    morphene(
        "preprocess",
        "--input_path",
        folder.resolve("sound"),
        "--output_path",
        folder.resolve("data"),
        "--n_signal",
        "40960");
    morphene(
        "train",
        "--name",
        "glass",
        "--config",
        "tiny+causal",
        "--db_path",
        folder.resolve("data"),
        "--out_path",
        imported,
        "--max_steps",
        "202",
        "--n_signal",
        "40960",
        "--batch",
        "2");
    Checkpoint after = Checkpoint.read(imported.resolve("checkpoints/step_000000202.ckpt"));
    assertThat(after.step()).isEqualTo(202);
    assertThat(after.generator().step().floats()[0]).isEqualTo(2);
  }
}
