package dev.morphene.cli.project;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.protocol.catalogue.Instrument;
import dev.morphene.protocol.catalogue.InstrumentFolders;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the guide's folders and papers below a project folder. What is there already is left as it
 * is and counted.
 */
public final class ProjectTree {
  private final Path project;
  private int madeFolders;
  private int keptFolders;
  private int madeFiles;
  private int keptFiles;

  private ProjectTree(Path project) {
    this.project = project;
  }

  /**
   * What became of a tree.
   *
   * @param madeFolders folders that were missing
   * @param keptFolders folders that were there
   * @param madeFiles files that were missing
   * @param keptFiles files that were there
   */
  public record Outcome(int madeFolders, int keptFolders, int madeFiles, int keptFiles) {

    /** One sentence for people. */
    public String sentence(Path project) {
      if (madeFolders + madeFiles == 0) {
        return "Nothing was missing in " + project + ": " + counted(keptFolders, keptFiles) + ".";
      }
      String made = "Made " + counted(madeFolders, madeFiles) + " in " + project;
      return keptFolders + keptFiles == 0
          ? made + "."
          : made + "; " + counted(keptFolders, keptFiles) + " there already, left as they were.";
    }

    private static String counted(int folders, int files) {
      return Stream.of(counted(folders, "folder"), counted(files, "file"))
          .filter(part -> !part.isEmpty())
          .collect(Collectors.joining(" and "));
    }

    private static String counted(int number, String what) {
      return number == 0 ? "" : number + " " + what + (number == 1 ? "" : "s");
    }
  }

  /** Opens a project folder; one that cannot be a folder ends the command. */
  public static ProjectTree of(Path project) {
    Path absolute = project.toAbsolutePath().normalize();
    if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
      throw new CommandFailure(
          ExitCode.USAGE, absolute + " is a file; name a folder for the project.");
    }
    return new ProjectTree(absolute);
  }

  public Path project() {
    return project;
  }

  /**
   * Adds an instrument's folders and papers.
   *
   * @param withSources also the folders that recordings go into
   */
  public InstrumentFolders add(Instrument instrument, boolean withSources) {
    InstrumentFolders folders = InstrumentFolders.of(project, instrument);
    List<Path> wanted = new ArrayList<>();
    if (withSources) {
      wanted.add(folders.musicalRaw());
      wanted.add(folders.musicalProcessed());
      wanted.add(folders.nonmusicalRaw());
      wanted.add(folders.nonmusicalProcessed());
      wanted.add(folders.referenceClips());
    }
    wanted.add(folders.trainingData());
    wanted.add(folders.checkpoints());
    wanted.add(folders.audits());
    wanted.add(folders.delivery());
    wanted.forEach(this::folder);
    file(folders.model().resolve("README.md"), InstrumentReadme.of(instrument, folders));
    file(
        folders.model().resolve(MetadataTemplate.FILE_NAME),
        MetadataTemplate.of(instrument, folders));
    return folders;
  }

  /** Adds a file of text, relative to the project; its folder must be there. */
  void paper(String name, String text) {
    file(project.resolve(name), text);
  }

  public Outcome outcome() {
    return new Outcome(madeFolders, keptFolders, madeFiles, keptFiles);
  }

  private void folder(Path folder) {
    if (Files.isDirectory(folder)) {
      keptFolders++;
      return;
    }
    fileInTheWay(folder)
        .ifPresent(
            file -> {
              throw new CommandFailure(
                  ExitCode.FAILED,
                  "The folder "
                      + folder
                      + " cannot be made because "
                      + file
                      + " is a file; move it away.");
            });
    try {
      Files.createDirectories(folder);
      madeFolders++;
    } catch (IOException cause) {
      throw unwritable(folder, cause);
    }
  }

  /** The lowest part of a path that is there, where it is no folder. */
  private static Optional<Path> fileInTheWay(Path folder) {
    Path there = folder;
    while (there != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = there.getParent();
    }
    return Optional.ofNullable(there).filter(path -> !Files.isDirectory(path));
  }

  private void file(Path file, String text) {
    try {
      if (NewFile.write(file, text)) {
        madeFiles++;
      } else {
        keptFiles++;
      }
    } catch (IOException cause) {
      throw unwritable(file, cause);
    }
  }

  private static CommandFailure unwritable(Path path, IOException cause) {
    String reason = cause.getMessage();
    if (cause instanceof AccessDeniedException) {
      reason = "no right to write there";
    } else if (cause instanceof FileSystemException system && system.getReason() != null) {
      reason = system.getReason();
    }
    return new CommandFailure(
        ExitCode.FAILED,
        path
            + " cannot be written ("
            + reason
            + "); free space or mend its rights, then run the same command again.",
        cause);
  }
}
