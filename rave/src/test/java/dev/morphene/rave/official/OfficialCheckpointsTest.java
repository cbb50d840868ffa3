package dev.morphene.rave.official;

import static org.assertj.core.api.Assertions.assertThat;

import dev.morphene.rave.archive.TorchTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfficialCheckpointsTest {
  @TempDir Path out;
  private Path folder;
  private final List<String> unreadable = new ArrayList<>();

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createDirectories(out.resolve("run_0123456789/version_0/checkpoints"));
  }

  private static List<Long> steps(List<OfficialCheckpoint> checkpoints) {
    return checkpoints.stream().map(OfficialCheckpoint::step).toList();
  }

  @Test
  void twoResumesMayGiveEqualNamesAndTheStepDecides() throws IOException {
    Path later = Files.createDirectories(out.resolve("run_0123456789/version_1/checkpoints"));
    StandIn.checkpoint(folder.resolve("epoch_50000.ckpt"), 50_000);
    StandIn.checkpoint(later.resolve("epoch_50000.ckpt"), 110_000);
    StandIn.checkpoint(folder.resolve("epoch-epoch=0200.ckpt"), 60_000);
    // Touched last, as by a copy: the official program itself would go on from this one.
    Files.setLastModifiedTime(
        folder.resolve("epoch_50000.ckpt"), FileTime.fromMillis(4_000_000_000_000L));
    OfficialCheckpoints checkpoints = new OfficialCheckpoints(out);
    assertThat(steps(checkpoints.look(true, unreadable::add)))
        .containsExactly(50_000L, 60_000L, 110_000L);
    assertThat(checkpoints.newest())
        .contains(new OfficialCheckpoint(later.resolve("epoch_50000.ckpt"), 110_000));
    assertThat(unreadable).isEmpty();
  }

  @Test
  void aFileCountsOnceItHasSettledAndAgainWhenOverwritten() throws IOException {
    OfficialCheckpoints checkpoints = new OfficialCheckpoints(out);
    Path best = folder.resolve("best.ckpt");
    StandIn.checkpoint(best, 10);
    assertThat(checkpoints.look(false, unreadable::add)).isEmpty();
    assertThat(steps(checkpoints.look(false, unreadable::add))).containsExactly(10L);
    assertThat(checkpoints.look(false, unreadable::add)).isEmpty();
    int before = checkpoints.fingerprint();

    byte[] whole = Files.readAllBytes(best);
    Files.write(best, Arrays.copyOf(whole, whole.length / 2));
    checkpoints.look(false, unreadable::add);
    assertThat(checkpoints.fingerprint()).isNotEqualTo(before);
    assertThat(checkpoints.look(false, unreadable::add)).isEmpty();
    assertThat(unreadable).singleElement().asString().contains("best.ckpt");
    assertThat(checkpoints.newest()).isEmpty();

    StandIn.checkpoint(best, 20);
    checkpoints.look(false, unreadable::add);
    assertThat(steps(checkpoints.look(false, unreadable::add))).containsExactly(20L);
  }

  @Test
  void ofOneStepTheMostDurableFileIsTaken() throws IOException {
    for (String name : List.of("epoch-epoch=0003.ckpt", "best.ckpt", "epoch_20.ckpt")) {
      StandIn.checkpoint(folder.resolve(name), 20);
      OfficialCheckpoints checkpoints = new OfficialCheckpoints(out);
      checkpoints.look(true, unreadable::add);
      assertThat(checkpoints.byStep())
          .singleElement()
          .extracting(checkpoint -> checkpoint.path().getFileName().toString())
          .isEqualTo(name);
    }
  }

  @Test
  void aFileThatTellsNoStepIsNoCheckpointOfIts() throws IOException {
    TorchTree.write(folder.resolve("best.ckpt"), Map.of("epoch", 3L));
    assertThat(new OfficialCheckpoints(out).look(true, unreadable::add)).isEmpty();
    assertThat(unreadable).singleElement().asString().contains("tells no step");
    assertThat(new OfficialCheckpoints(out.resolve("nowhere")).look(true, unreadable::add))
        .isEmpty();
  }
}
