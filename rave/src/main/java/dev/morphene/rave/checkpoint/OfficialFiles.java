package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Where the official trainer keeps things: {@code config.gin} in the folder of a run, and under it
 * a {@code version_N} folder with {@code checkpoints} for each start.
 */
public final class OfficialFiles {
  private static final String CONFIG = "config.gin";
  private static final String STEP = "global_step";

  /** Where {@code config.gin} may be: beside a checkpoint, or up to two folders above. */
  private static final int LEVELS = 3;

  /** The trainer's output folder, that of the run, of its start, of checkpoints, and the file. */
  private static final int DEPTH = 5;

  private OfficialFiles() {}

  /**
   * The {@code config.gin} of a checkpoint: in its folder, the one above, or the one above that.
   */
  static Optional<Path> config(Path checkpoint) {
    Path folder = checkpoint.toAbsolutePath().normalize().getParent();
    for (int level = 0; level < LEVELS && folder != null; level++) {
      Path config = folder.resolve(CONFIG);
      if (Files.isRegularFile(config)) {
        return Optional.of(config);
      }
      folder = folder.getParent();
    }
    return Optional.empty();
  }

  /**
   * Checkpoints of a folder, a whole run's, one start's, or what holds a run's, by the step that is
   * written in each: their names and times tell little.
   *
   * @param warnings told of each file that cannot be read
   * @return oldest step first; of one step the file that is kept longest is last
   * @throws JobFailure UNREADABLE when the folder cannot be listed
   */
  public static List<CheckpointFile> checkpoints(Path folder, Consumer<String> warnings) {
    List<CheckpointFile> found = new ArrayList<>();
    try (Stream<Path> entries = Files.walk(folder, DEPTH)) {
      for (Path file : entries.filter(OfficialFiles::isCheckpoint).sorted().toList()) {
        try {
          found.add(new CheckpointFile(step(file), file));
        } catch (JobFailure unreadable) {
          warnings.accept(unreadable.getMessage());
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new JobFailure(
          FailureClass.UNREADABLE,
          "The folder " + folder + " cannot be read: " + e.getMessage() + "; mend it.",
          e);
    }
    found.sort(
        Comparator.comparingLong(CheckpointFile::step)
            .thenComparing(file -> file.path().getFileName().toString().startsWith("epoch_")));
    return found;
  }

  private static boolean isCheckpoint(Path path) {
    return path.getFileName().toString().endsWith(".ckpt") && Files.isRegularFile(path);
  }

  private static long step(Path file) {
    if (TorchTree.read(file, keys -> keys.get(0).equals(STEP)).get(STEP) instanceof Long step) {
      return step;
    }
    throw new JobFailure(
        FailureClass.UNREADABLE, file + " is no checkpoint: it tells no step; remove it.");
  }
}
