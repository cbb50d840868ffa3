package dev.morphene.rave.storage;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Replaces a folder whole: a new one is filled beside it, then takes its place in two renames. A
 * crash between the two leaves the former folder under its {@code .former} name, which the next
 * {@link #begin} puts back.
 */
public final class FolderSwap implements AutoCloseable {
  private final Path target;
  private final Path folder;

  private FolderSwap(Path target, Path folder) {
    this.target = target;
    this.folder = folder;
  }

  /**
   * Makes the empty folder to fill; remains of an earlier crash are cleared away.
   *
   * @param ours tells the names that may be replaced; a target that holds anything else is refused,
   *     so that a mistyped path costs nobody their files. {@code README.md} and hidden files are
   *     carried over
   * @throws JobFailure BAD_INPUT if the target holds something that is not ours
   */
  public static FolderSwap begin(Path target, Predicate<String> ours) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    Files.createDirectories(absolute.getParent());
    Path former = sibling(absolute, "former");
    if (Files.exists(former)) {
      if (Files.exists(absolute)) {
        FolderTree.delete(former);
      } else {
        Files.move(former, absolute);
      }
    }
    if (Files.exists(absolute)) {
      refuseStrangers(absolute, ours);
    }
    Path folder = sibling(absolute, "new");
    FolderTree.delete(folder);
    Files.createDirectory(folder);
    return new FolderSwap(absolute, folder);
  }

  private static void refuseStrangers(Path target, Predicate<String> ours) throws IOException {
    if (!Files.isDirectory(target)) {
      throw new JobFailure(
          FailureClass.BAD_INPUT, target + " is a file; name a folder in its place.");
    }
    try (Stream<Path> entries = Files.list(target)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (!isCarriedOver(entry) && (!ours.test(name) || Files.isDirectory(entry))) {
          throw new JobFailure(
              FailureClass.BAD_INPUT,
              "The output folder "
                  + target
                  + " holds "
                  + name
                  + ", which this job did not make; name an empty folder.");
        }
      }
    }
  }

  private static boolean isCarriedOver(Path entry) {
    String name = entry.getFileName().toString();
    return Files.isRegularFile(entry) && (name.equals("README.md") || name.startsWith("."));
  }

  private static Path sibling(Path target, String suffix) {
    return target.resolveSibling("." + target.getFileName() + "." + suffix);
  }

  /** The folder to fill. */
  public Path folder() {
    return folder;
  }

  /** Puts the filled folder in the target's place; what the target held before is deleted. */
  public void commit() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> regular = files.filter(Files::isRegularFile).toList();
      for (Path file : regular) {
        force(file);
      }
    }
    Path former = sibling(target, "former");
    boolean replaces = Files.exists(target);
    if (replaces) {
      try (Stream<Path> entries = Files.list(target)) {
        for (Path entry : entries.filter(FolderSwap::isCarriedOver).toList()) {
          Files.copy(entry, folder.resolve(entry.getFileName()));
        }
      }
      Files.move(target, former, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
    if (replaces) {
      FolderTree.delete(former);
    }
  }

  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Deletes what was not committed. */
  @Override
  public void close() throws IOException {
    FolderTree.delete(folder);
  }
}
