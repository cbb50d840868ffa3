package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.audio.ProcessedFolder;
import dev.morphene.rave.audio.RawCollection;
import dev.morphene.rave.process.PreprocessRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which recordings a dataset is made of, and where their processed files go: into a scratch folder,
 * so that nothing but the dataset stays. The guide's {@code processed} folders are the exception:
 * one that holds nothing of the operator's own is filled from its {@code raw} neighbour, where it
 * is kept up to date as the queue's job would.
 */
final class RecordingPlan {
  private static final String MUSICAL = "musical";
  private static final String NONMUSICAL = "nonmusical";

  private final List<PreprocessRequest.Input> inputs = new ArrayList<>();

  /** Folders of links, and the folder that an operator knows their files by. */
  private final Map<Path, Path> linked = new LinkedHashMap<>();

  private final Path scratch;

  private RecordingPlan(Path scratch) {
    this.scratch = scratch;
  }

  /**
   * @param paths folders and files, as given
   * @param scratch an empty folder
   * @throws CommandFailure if one is missing
   */
  static RecordingPlan of(List<Path> paths, Path scratch) {
    RecordingPlan plan = new RecordingPlan(scratch);
    Map<String, List<Path>> files = new LinkedHashMap<>();
    try {
      for (int index = 0; index < paths.size(); index++) {
        Path path = paths.get(index).toAbsolutePath().normalize();
        String type = sourceType(path).orElse(index == 0 ? MUSICAL : NONMUSICAL);
        if (Files.isDirectory(path)) {
          plan.addFolder(type, path);
        } else {
          files.computeIfAbsent(type, any -> new ArrayList<>()).add(path);
        }
      }
      for (Map.Entry<String, List<Path>> group : files.entrySet()) {
        plan.addFiles(group.getKey(), group.getValue());
      }
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The recordings cannot be looked through (" + cause.getMessage() + ").",
          cause);
    }
    return plan;
  }

  /**
   * @throws CommandFailure if one of the paths is not there
   */
  static void requireAll(List<Path> paths) {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "There is nothing at " + path + "; name a folder or a file of recordings.");
      }
    }
  }

  List<PreprocessRequest.Input> inputs() {
    return List.copyOf(inputs);
  }

  /** A message of the engine with the operator's own paths in place of links to them. */
  String told(String message) {
    String told = message;
    for (Map.Entry<Path, Path> link : linked.entrySet()) {
      told = told.replace(link.getKey().toString(), link.getValue().toString());
    }
    return told;
  }

  /** The nearest folder that says what its recordings are. */
  private static Optional<String> sourceType(Path path) {
    for (int index = path.getNameCount() - 1; index >= 0; index--) {
      String name = path.getName(index).toString().toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
      if (name.equals(MUSICAL) || name.equals(NONMUSICAL)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  private void addFolder(String type, Path folder) throws IOException {
    Path raw = folder.resolveSibling("raw");
    boolean filledFromRaw =
        folder.endsWith("processed") && holdsNothingOfItsOwn(folder) && holdsFiles(raw, folder);
    inputs.add(
        filledFromRaw
            ? new PreprocessRequest.Input(type, raw, folder)
            : new PreprocessRequest.Input(type, folder, nextScratch("processed")));
  }

  private static boolean holdsNothingOfItsOwn(Path processed) throws IOException {
    try (Stream<Path> entries = Files.list(processed)) {
      if (entries.anyMatch(Files::isDirectory)) {
        return false;
      }
    }
    return ProcessedFolder.open(processed, "").strangers().isEmpty();
  }

  private static boolean holdsFiles(Path raw, Path processed) throws IOException {
    return Files.isDirectory(raw) && !RawCollection.scan(raw, processed).files().isEmpty();
  }

  /** The engine takes folders: files get one with links to them. */
  private void addFiles(String type, List<Path> files) throws IOException {
    Path links = Files.createDirectories(nextScratch("links"));
    for (Path file : files) {
      Path link = links.resolve(file.getFileName());
      for (int number = 2; Files.exists(link); number++) {
        link = links.resolve(number + "-" + file.getFileName());
      }
      Files.createSymbolicLink(link, file);
      linked.put(link, file);
    }
    linked.put(links, files.get(0).getParent());
    inputs.add(new PreprocessRequest.Input(type, links, nextScratch("processed")));
  }

  private Path nextScratch(String purpose) {
    return scratch.resolve(purpose + "-" + (inputs.size() + 1));
  }
}
