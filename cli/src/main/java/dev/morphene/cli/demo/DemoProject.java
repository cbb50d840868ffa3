package dev.morphene.cli.demo;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.cli.project.ProjectTree;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The project folder of the demonstration: the guide's tree for Pyroviolin, with the bundled
 * recordings in it. Existing files are left as they are.
 *
 * @param folders of the instrument, below the project
 */
public record DemoProject(Instrument instrument, InstrumentFolders folders) {
  private static final int PYROVIOLIN = 10;

  /**
   * @param project where to make the tree
   * @param samples the bundled recordings
   */
  public static DemoProject prepare(Path project, Path samples) {
    Instrument instrument = InstrumentCatalogue.bundled().byNumber(PYROVIOLIN).orElseThrow();
    Path recordings = samples.resolve(instrument.folderName());
    if (!Files.isDirectory(recordings)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "The bundled recordings are not at "
              + recordings
              + "; run ./morphene from its checkout.");
    }
    InstrumentFolders folders = ProjectTree.of(project).add(instrument, true);
    try {
      copy(recordings.resolve("musical").resolve("raw"), folders.musicalRaw());
      copy(recordings.resolve("nonmusical").resolve("raw"), folders.nonmusicalRaw());
      copy(recordings.resolve("reference_clips"), folders.referenceClips());
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The project folder "
              + project
              + " cannot be written ("
              + cause.getMessage()
              + "); free space, or give another with --out.",
          cause);
    }
    return new DemoProject(instrument, folders);
  }

  public Path musicalReference() {
    return folders.referenceClips().resolve("violin_ref.wav");
  }

  public Path nonmusicalReference() {
    return folders.referenceClips().resolve("fire_ref.wav");
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(from)) {
      files = listed.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      Path target = to.resolve(file.getFileName());
      if (!Files.exists(target)) {
        Files.copy(file, target);
      }
    }
  }
}
