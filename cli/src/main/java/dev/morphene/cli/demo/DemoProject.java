package dev.morphene.cli.demo;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentCatalogue;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    InstrumentFolders folders = InstrumentFolders.of(project.toAbsolutePath(), instrument);
    Path recordings = samples.resolve(folders.name());
    if (!Files.isDirectory(recordings)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND,
          "The bundled recordings are not at "
              + recordings
              + "; run ./morphene from its checkout.");
    }
    try {
      for (Path folder :
          List.of(
              folders.musicalRaw(),
              folders.musicalProcessed(),
              folders.nonmusicalRaw(),
              folders.nonmusicalProcessed(),
              folders.referenceClips(),
              folders.trainingData(),
              folders.checkpoints(),
              folders.audits())) {
        Files.createDirectories(folder);
      }
      copy(recordings.resolve("musical").resolve("raw"), folders.musicalRaw());
      copy(recordings.resolve("nonmusical").resolve("raw"), folders.nonmusicalRaw());
      copy(recordings.resolve("reference_clips"), folders.referenceClips());
      writeReadme(instrument, folders);
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

  private static void writeReadme(Instrument instrument, InstrumentFolders folders)
      throws IOException {
    Path readme = folders.model().resolve("README.md");
    if (Files.exists(readme)) {
      return;
    }
    Files.writeString(
        readme,
        """
        # %s

        %s crossed with %s. Number %d of the catalogue, %s tier.

        | folder | holds |
        |---|---|
        | `checkpoints/` | the model as it was at kept training steps |
        | `audit/STEP/` | two reconstructions, five morphs and their measures for each checkpoint |
        | `final/` | what is delivered: the model for nn~, its metadata, a demonstration |
        """
            .formatted(
                instrument.name(),
                instrument.musicalSource(),
                instrument.nonmusicalSource().toLowerCase(java.util.Locale.ROOT),
                instrument.number(),
                instrument.tier().word()),
        StandardCharsets.UTF_8);
  }
}
