package dev.morphene.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.audio.WavWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is off is said in one sentence with the right exit code, and nothing is left behind. */
class PipelineBadInputTest {
  private static final int RATE_HZ = 48_000;

  @TempDir Path folder;

  @BeforeEach
  void makeInputs() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Files.createDirectories(folder.resolve("text"));
    Files.writeString(folder.resolve("text/notes.wav"), "no sound at all");
    Files.writeString(folder.resolve("file"), "a file");
    Files.createDirectories(folder.resolve("sound"));
    WavWriter.writeMono(folder.resolve("sound/tone.wav"), RATE_HZ, 24, tone(2));
    Files.createDirectories(folder.resolve("run/checkpoints"));
    Files.writeString(folder.resolve("run/checkpoints/step_000000050.ckpt"), "no checkpoint");
    Files.createDirectories(folder.resolve("dataset"));
    Files.writeString(folder.resolve("dataset/data.mdb"), "no database");
    Files.writeString(folder.resolve("dataset/metadata.yaml"), "channels: 1\nsr: 48000\n");
  }

  @ParameterizedTest
  @CsvSource({
    "preprocess --input_path @/sound --output_path @/new/d --channels 3, 2, 3 channels",
    "preprocess --input_path @/sound --output_path @/new/d --sampling_rate 100, 2, 100 Hz",
    "preprocess --input_path @/sound --output_path @/new/d --sampling_rate fast, 2, fast",
    "preprocess --input_path @/sound --output_path @/new/d --n_signal 0, 2, --n_signal",
    "preprocess --input_path @/missing --output_path @/new/d, 3, @/missing",
    "preprocess --input_path @/sound --output_path @/file, 1, is a file",
    "preprocess --input_path @/sound --output_path @/file/below, 1, is a file",
    "preprocess --input_path @/sound --output_path @/run, 1, holds checkpoints",
    "preprocess --output_path @/new/d, 2, --input_path",
    "train --name x --db_path @/missing --out_path @/new/r, 3, @/missing",
    "train --name x --db_path @/empty --out_path @/new/r, 3, data.mdb",
    "train --name x --db_path @/dataset --out_path @/new/r, 1, cannot be read",
    "train --name x --db_path @/dataset --out_path @/new/r --max_steps many, 2, many",
    "train --name x --db_path @/dataset --out_path @/new/r --gpu -2, 2, --gpu",
    "train --name x --db_path @/dataset --out_path @/new/r --trainer other, 2, native or rave",
    "train --db_path @/dataset --out_path @/new/r, 2, --name",
    "audit --run @/missing --checkpoint 50 REFS --output @/new/a, 3, @/missing",
    "audit --run @/run --checkpoint 60 REFS --output @/new/a, 3, checkpoint 60",
    "audit --run @/run --checkpoint 50 REFS --output @/new/a --duration 0, 2, --duration",
    "audit --run @/run --checkpoint 50 REFS --output @/new/a --duration long, 2, long",
    "audit --run @/run --checkpoint 50 REFS --output @/new/a --device cuda, 2, --device cpu",
    "audit --run @/run REFS --output @/new/a, 2, --checkpoint",
    "audit --run @/run --all REFS --output @/new/a, 2, --instrument",
    "audit --run @/run --all --instrument ../x REFS --output @/new/a, 2, path",
    "audit --run @/run --checkpoint 50 --all --instrument 10 REFS --output @/new/a, 2, --all",
    "audit --run @/empty --all --instrument 10 REFS --output @/new/a, 3, no checkpoint",
    "audit --run @/run --checkpoint 50 REFS --output @/file, 1, is a file",
    "export --run @/missing, 3, @/missing",
    "export --run @/empty, 3, no checkpoint",
    "export --run @/run --output @/new/e --fidelity 2, 2, --fidelity",
    "export --run @/run --output @/new/e --name a/b, 2, a/b",
    "export --run @/run --output @/new/e, 1, truncated or no zip",
    "export --run @/run --output @/file, 1, is a file",
    "export --run @/run --output @/new/e REFS, 3, no audit",
    "export --run @/run --output @/new/e REFS --checkpoint 50, 2, --checkpoint",
    "export --run @/run --output @/new/e --musical-ref @/sound/tone.wav, 2, go together",
    "export --run @/run --musical-ref @/a --nonmusical-ref @/b, 3, @/a",
  })
  void whatIsOffIsSaidAndNothingIsWritten(String line, int exitCode, String said)
      throws IOException {
    List<Path> before = everything();
    CommandRun run = CommandRun.of(arguments(line));
    assertThat(run.err()).contains(said.replace("@", folder.toString()));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void recordingsThatAreNoneAreNamedByTheirOwnPath() throws IOException {
    List<Path> before = everything();
    for (String input : List.of("@/text", "@/text/notes.wav")) {
      CommandRun run =
          CommandRun.of(arguments("preprocess --input_path " + input + " --output_path @/new/d"));
      assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err())
          .contains("Left out: " + folder.resolve("text/notes.wav") + " is no audio file");
    }
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aFolderWithoutRecordingsAndOneWithTooFewAreNamed() throws IOException {
    List<Path> before = everything();
    CommandRun empty =
        CommandRun.of(arguments("preprocess --input_path @/empty --output_path @/new/d"));
    assertThat(empty.err()).contains(folder.resolve("empty") + ", which is empty");
    assertThat(empty.exitCode()).isEqualTo(ExitCode.FAILED);
    CommandRun few =
        CommandRun.of(arguments("preprocess --input_path @/sound --output_path @/new/d"));
    assertThat(few.err()).contains("2.0 seconds of usable sound, but a chunk has 5.5");
    assertThat(few.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aDamagedCheckpointIsNamedByItselfAndAmongAll() throws IOException {
    List<Path> before = everything();
    CommandRun one =
        CommandRun.of(arguments("audit --run @/run --checkpoint 50 REFS --output @/new/a"));
    assertThat(one.err()).contains("step_000000050.ckpt");
    assertThat(one.exitCode()).isEqualTo(ExitCode.FAILED);
    CommandRun all =
        CommandRun.of(
            arguments("audit --run @/run --all --instrument pyroviolin REFS --output @/new/a"));
    assertThat(all.out()).contains("000050", "not rendered");
    assertThat(all.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aFullDiskIsSaidAndIsAsEmptyAsBefore() throws Exception {
    Path mount = Files.createDirectory(folder.resolve("small"));
    boolean mounted =
        System.getProperty("user.name").equals("root")
            && command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount.toString()) == 0;
    if (!mounted) {
      System.err.println("SKIPPED: the full-disk test needs root, to mount a small file system.");
    }
    Assumptions.assumeTrue(mounted, "needs root to mount a small file system");
    try {
      CommandRun run =
          CommandRun.of(arguments("preprocess --input_path @/sound --output_path @/small/d"));
      assertThat(run.err()).containsIgnoringCase("space");
      assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(mount).isEmptyDirectory();
    } finally {
      command("umount", mount.toString());
    }
  }

  private static int command(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(words).inheritIO().start().waitFor();
  }

  private String[] arguments(String line) {
    return line.replace("REFS", "--musical-ref @/sound/tone.wav --nonmusical-ref @/sound/tone.wav")
        .replace("@", folder.toString())
        .split(" ");
  }

  private List<Path> everything() throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return new ArrayList<>(found.sorted().toList());
    }
  }

  private static float[] tone(double seconds) {
    float[] samples = new float[(int) (seconds * RATE_HZ)];
    for (int index = 0; index < samples.length; index++) {
      samples[index] = (float) (0.3 * Math.sin(2 * Math.PI * 220 * index / RATE_HZ));
    }
    return samples;
  }
}
