package dev.morphene.rave.official;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The event files that a run writes from now on; those of earlier attempts are left alone. */
final class EventFolder {
  private static final String PREFIX = "events.out.tfevents";

  /** Folder of the run, of its start, and the file. */
  private static final int DEPTH = 3;

  private final Path folder;
  private final Consumer<String> warnings;
  private final Set<Path> leftAlone = new HashSet<>();
  private final TreeMap<Path, RecordFile> files = new TreeMap<>();

  EventFolder(Path folder, Consumer<String> warnings) throws IOException {
    this.folder = folder;
    this.warnings = warnings;
    this.leftAlone.addAll(found());
  }

  /** Scalars written since the last call. A damaged file is named once and read no further. */
  List<Scalar> next() throws IOException {
    for (Path path : found()) {
      if (!leftAlone.contains(path)) {
        files.computeIfAbsent(path, RecordFile::new);
      }
    }
    List<Scalar> scalars = new ArrayList<>();
    for (RecordFile file : List.copyOf(files.values())) {
      try {
        for (List<byte[]> some = file.next(); !some.isEmpty(); some = file.next()) {
          for (byte[] event : some) {
            scalars.addAll(EventRecord.scalars(event));
          }
        }
      } catch (IOException damaged) {
        warnings.accept(
            "The trainer's figures are no longer read, training goes on: "
                + damaged.getMessage()
                + ".");
        files.remove(file.path());
        leftAlone.add(file.path());
      }
    }
    return scalars;
  }

  private List<Path> found() throws IOException {
    try (Stream<Path> entries = Files.walk(folder, DEPTH)) {
      return entries.filter(path -> path.getFileName().toString().startsWith(PREFIX)).toList();
    } catch (UncheckedIOException walking) {
      throw walking.getCause();
    }
  }
}
