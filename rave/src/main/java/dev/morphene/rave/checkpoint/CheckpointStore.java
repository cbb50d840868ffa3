package dev.morphene.rave.checkpoint;

import dev.morphene.rave.archive.TorchTree;
import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * The checkpoints of one run. A file under its final name is always complete: it is written under
 * another name, forced to the disk and renamed. One process at a time.
 */
public final class CheckpointStore {
  /** Rolling checkpoints that are kept beside the permanent ones. */
  public static final int ROLLING_KEPT = 3;

  private static final String TEMPORARY_SUFFIX = ".partial";

  private final Path folder;
  private final LongPredicate permanent;

  private CheckpointStore(Path folder, LongPredicate permanent) {
    this.folder = folder;
    this.permanent = permanent;
  }

  /**
   * Makes the folder if needed and removes what an interrupted write left behind.
   *
   * @param permanent steps whose checkpoints are kept for good
   * @throws JobFailure STORAGE when the folder cannot be made or read
   */
  public static CheckpointStore open(Path folder, LongPredicate permanent) {
    try {
      Files.createDirectories(folder);
      try (Stream<Path> entries = Files.list(folder)) {
        for (Path entry :
            entries.filter(path -> path.toString().endsWith(TEMPORARY_SUFFIX)).toList()) {
          Files.delete(entry);
        }
      }
    } catch (IOException e) {
      throw storage("open", folder, e);
    }
    return new CheckpointStore(folder, permanent);
  }

  /** Complete files, oldest step first. */
  public List<CheckpointFile> files() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .map(CheckpointFile::of)
          .flatMap(Optional::stream)
          .sorted(Comparator.comparingLong(CheckpointFile::step))
          .toList();
    } catch (IOException e) {
      throw storage("list", folder, e);
    }
  }

  /**
   * The newest checkpoint that can be read. One that cannot is named to {@code warnings} and
   * skipped.
   */
  public Optional<Checkpoint> newestValid(Consumer<String> warnings) {
    List<CheckpointFile> files = files();
    for (int i = files.size() - 1; i >= 0; i--) {
      Path path = files.get(i).path();
      try {
        return Optional.of(Checkpoint.read(path));
      } catch (JobFailure failure) {
        if (failure.failureClass() != FailureClass.UNREADABLE) {
          throw failure;
        }
        warnings.accept("Skipped the checkpoint " + path + ": " + failure.getMessage());
      }
    }
    if (!files.isEmpty()) {
      warnings.accept(
          "None of the " + files.size() + " checkpoints can be read; training starts anew.");
    }
    return Optional.empty();
  }

  /**
   * Writes a checkpoint and forces it and its name to the disk, then removes rolling ones that are
   * too old. A file of the same step is replaced.
   *
   * @throws JobFailure STORAGE when it cannot be written; earlier ones are untouched and nothing
   *     partial remains
   */
  public WrittenCheckpoint write(Checkpoint checkpoint) {
    CheckpointFile target = CheckpointFile.in(folder, checkpoint.step());
    Path temporary = Path.of(target.path() + TEMPORARY_SUFFIX);
    MessageDigest digest = Sha256.newDigest();
    long sizeBytes;
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        TorchTree.write(Sha256.digesting(channel, digest), checkpoint.tree());
        channel.force(true);
        sizeBytes = channel.size();
      }
      Files.move(temporary, target.path(), StandardCopyOption.ATOMIC_MOVE);
      forceFolder();
    } catch (IOException e) {
      removeQuietly(temporary, e);
      throw storage("write", target.path(), e);
    }
    thinOut();
    return new WrittenCheckpoint(checkpoint.step(), target.path(), Sha256.hex(digest), sizeBytes);
  }

  /** A file's digest and size, read back from the disk. */
  public WrittenCheckpoint describe(CheckpointFile file) {
    try {
      return new WrittenCheckpoint(
          file.step(), file.path(), Sha256.of(file.path()), Files.size(file.path()));
    } catch (IOException e) {
      throw storage("read", file.path(), e);
    }
  }

  /** Without this a power cut could lose the new name although the content is on the disk. */
  private void forceFolder() throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private void thinOut() {
    List<CheckpointFile> rolling =
        files().stream().filter(file -> !permanent.test(file.step())).toList();
    for (CheckpointFile old : rolling.subList(0, Math.max(0, rolling.size() - ROLLING_KEPT))) {
      try {
        Files.deleteIfExists(old.path());
      } catch (IOException e) {
        throw storage("remove", old.path(), e);
      }
    }
  }

  private static void removeQuietly(Path temporary, IOException reason) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The reason why the write failed is the news; the next start removes the leftover.
      reason.addSuppressed(e);
    }
  }

  private static JobFailure storage(String verb, Path path, IOException error) {
    String text = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    String reason =
        text.contains("no space left")
            ? "the disk is full; free space and start again"
            : (error instanceof FileSystemException system && system.getReason() != null
                    ? system.getReason()
                    : error.getClass().getSimpleName() + " " + error.getMessage())
                + "; mend the folder and start again";
    return new JobFailure(
        FailureClass.STORAGE, "Cannot " + verb + " " + path + ": " + reason + ".", error);
  }
}
