package dev.morphene.rave.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.morphene.rave.archive.TensorData;
import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.model.RaveConfig;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  private static final TensorData TENSOR = TensorData.ofFloats(new float[4_096], 4_096);
  private static final TensorData FIELD = TensorData.ofLongs(new long[] {1, 2}, 2);

  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();

  @Test
  void aCheckpointIsReadBackAsItWasWritten() throws IOException {
    CheckpointStore store = CheckpointStore.open(folder, step -> false);
    WrittenCheckpoint written = store.write(checkpoint(12));
    assertThat(written.path()).isEqualTo(folder.resolve("step_000000012.ckpt"));
    assertThat(written.sizeBytes()).isEqualTo(Files.size(written.path()));
    assertThat(store.describe(store.files().get(0))).isEqualTo(written);
    assertThat(store.newestValid(warnings::add)).contains(checkpoint(12));
    assertThat(warnings).isEmpty();
    assertThat(TorchTree.read(written.path()))
        .hasEntrySatisfying("data_cursor", map -> assertThat(map).hasToString("{epoch=2, batch=1}"))
        .hasEntrySatisfying(
            "validation", map -> assertThat(map).asString().contains("{step=0, distance=9.5}"));
  }

  @Test
  void theModelOfACheckpointIsReadWithoutWhatTrainingNeeds() throws IOException {
    Path file = CheckpointStore.open(folder, step -> false).write(checkpoint(12)).path();
    assertThat(TrainedModel.read(file))
        .isEqualTo(
            new TrainedModel(
                "violin",
                12,
                1,
                RaveConfig.preset("tiny", 48_000),
                Map.of("config", "tiny"),
                Map.of("encoder.w", TENSOR, "receptive_field", FIELD),
                List.of()));
    assertThat(checkpoint(12).weights()).containsKey("discriminator.w");
    Path other = folder.resolve("other.ckpt");
    TorchTree.write(other, Map.of("format", "notes", "format_version", 1L));
    assertThatThrownBy(() -> TrainedModel.read(other)).hasMessageContaining("is a notes");
  }

  @Test
  void theNewestThreeRollAndPermanentOnesStay() {
    CheckpointStore store = CheckpointStore.open(folder, step -> step % 40 == 0);
    for (long step = 10; step <= 120; step += 10) {
      store.write(checkpoint(step));
    }
    assertThat(store.files())
        .extracting(CheckpointFile::step)
        .containsExactly(40L, 80L, 90L, 100L, 110L, 120L);
  }

  @Test
  void aDamagedCheckpointIsNamedAndSkipped() throws IOException {
    CheckpointStore store = CheckpointStore.open(folder, step -> false);
    store.write(checkpoint(1));
    Path cut = store.write(checkpoint(2)).path();
    Path flipped = store.write(checkpoint(3)).path();
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    bytes[bytes.length / 2] ^= 1;
    Files.write(flipped, bytes);
    assertThat(store.newestValid(warnings::add)).map(Checkpoint::step).contains(1L);
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).contains("step_000000003.ckpt");
    assertThat(warnings.get(1)).contains("step_000000002.ckpt");
  }

  @Test
  void whenAllAreDamagedTheRunStartsAnewAndSaysSo() throws IOException {
    CheckpointStore store = CheckpointStore.open(folder, step -> false);
    Files.writeString(store.write(checkpoint(1)).path(), "no archive");
    assertThat(store.newestValid(warnings::add)).isEmpty();
    assertThat(warnings).last().asString().contains("starts anew");
  }

  @Test
  void leftoversOfAnInterruptedWriteAreRemovedAtTheStart() throws IOException {
    Path leftover = Files.writeString(folder.resolve("step_000000007.ckpt.partial"), "half");
    Path stranger = Files.writeString(folder.resolve("notes.txt"), "keep");
    CheckpointStore store = CheckpointStore.open(folder, step -> false);
    assertThat(leftover).doesNotExist();
    assertThat(stranger).exists();
    assertThat(store.files()).isEmpty();
  }

  @Test
  void aFullDiskLeavesTheEarlierCheckpointsAndNothingPartial() throws Exception {
    Path mount = Files.createDirectory(folder.resolve("small"));
    boolean mounted =
        System.getProperty("user.name").equals("root")
            && command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount.toString()) == 0;
    if (!mounted) {
      System.err.println("SKIPPED: the full-disk test needs root, to mount a small file system.");
    }
    Assumptions.assumeTrue(mounted, "needs root to mount a small file system");
    try {
      CheckpointStore store = CheckpointStore.open(mount, step -> true);
      store.write(checkpoint(1));
      assertThatThrownBy(
              () -> {
                for (long step = 2; step < 50; step++) {
                  store.write(checkpoint(step));
                }
              })
          .isInstanceOfSatisfying(
              JobFailure.class,
              failure -> {
                assertThat(failure.failureClass()).isEqualTo(FailureClass.STORAGE);
                assertThat(failure).hasMessageContaining("disk is full");
              });
      List<CheckpointFile> files = store.files();
      assertThat(files).hasSizeGreaterThan(1);
      assertThat(files).allSatisfy(file -> Checkpoint.read(file.path()));
      try (var entries = Files.list(mount)) {
        assertThat(entries).hasSameSizeAs(files);
      }
    } finally {
      command("umount", mount.toString());
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsAStorageFailure() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> CheckpointStore.open(file.resolve("checkpoints"), step -> false))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.failureClass()).isEqualTo(FailureClass.STORAGE));
  }

  private static int command(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(words).inheritIO().start().waitFor();
  }

  private static Checkpoint checkpoint(long step) {
    OptimizerState optimizer =
        new OptimizerState(TensorData.scalar(3f), Map.of("w", TENSOR), Map.of("w", TENSOR));
    return new Checkpoint(
        "violin",
        step,
        1,
        5,
        2,
        1,
        RaveConfig.preset("tiny", 48_000),
        Map.of("config", "tiny"),
        Map.of("encoder.w", TENSOR, "discriminator.w", TENSOR, "receptive_field", FIELD),
        optimizer,
        optimizer,
        new ValidationRecord(
            Optional.of(new ValidationRecord.Point(0, 9.5)),
            Optional.of(new ValidationRecord.Point(step, 4.25)),
            Optional.of(new ValidationRecord.Point(step, 4.25))));
  }
}
