package dev.morphene.rave.official;

import dev.morphene.rave.process.JobFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The checkpoints of one run, found by looking again and again. A file counts when it has not
 * changed between two looks and can be read to its index: the official trainer writes it under its
 * final name.
 */
final class OfficialCheckpoints {
  /** Folder of the run, of its start, of checkpoints, and the file. */
  private static final int DEPTH = 4;

  private record Version(long sizeBytes, FileTime modified) {}

  private record Known(Version version, Optional<OfficialCheckpoint> checkpoint) {}

  private final Path folder;
  private final Map<Path, Version> seen = new HashMap<>();
  private final Map<Path, Known> known = new HashMap<>();

  OfficialCheckpoints(Path folder) {
    this.folder = folder;
  }

  /**
   * Looks at the folder.
   *
   * @param settled true when nobody writes any more, so that one look is enough
   * @param unreadable is told of each version of a file that has settled and cannot be read
   * @return those that are new or have been overwritten since the last look, oldest step first
   */
  List<OfficialCheckpoint> look(boolean settled, Consumer<String> unreadable) throws IOException {
    List<OfficialCheckpoint> fresh = new ArrayList<>();
    List<Path> files = files();
    seen.keySet().retainAll(files);
    known.keySet().retainAll(files);
    for (Path file : files) {
      Version version;
      try {
        version = new Version(Files.size(file), Files.getLastModifiedTime(file));
      } catch (NoSuchFileException removed) {
        continue;
      }
      boolean still = version.equals(seen.put(file, version));
      boolean old = known.containsKey(file) && known.get(file).version().equals(version);
      if (old || !still && !settled) {
        continue;
      }
      Optional<OfficialCheckpoint> checkpoint = read(file, unreadable);
      known.put(file, new Known(version, checkpoint));
      checkpoint.ifPresent(fresh::add);
    }
    fresh.sort(Comparator.comparingLong(OfficialCheckpoint::step));
    return fresh;
  }

  /** Bytes and times of all that was seen last; changes with every sign of life in the files. */
  int fingerprint() {
    return seen.hashCode();
  }

  /** The one with most steps, the most durable of several. */
  Optional<OfficialCheckpoint> newest() {
    List<OfficialCheckpoint> all = byStep();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** One for each step, the most durable, oldest first. */
  List<OfficialCheckpoint> byStep() {
    Map<Long, OfficialCheckpoint> chosen = new TreeMap<>();
    known.values().stream()
        .flatMap(file -> file.checkpoint().stream())
        .sorted(
            Comparator.comparing(OfficialCheckpoint::keeping)
                .thenComparing(OfficialCheckpoint::path))
        .forEach(checkpoint -> chosen.putIfAbsent(checkpoint.step(), checkpoint));
    return List.copyOf(chosen.values());
  }

  private static Optional<OfficialCheckpoint> read(Path file, Consumer<String> unreadable) {
    try {
      return Optional.of(OfficialCheckpoint.read(file));
    } catch (JobFailure failure) {
      unreadable.accept("Skipped the checkpoint " + file + ": " + failure.getMessage());
      return Optional.empty();
    }
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.walk(folder, DEPTH)) {
      return entries.filter(path -> path.toString().endsWith(".ckpt")).sorted().toList();
    } catch (UncheckedIOException walking) {
      throw walking.getCause();
    }
  }
}
