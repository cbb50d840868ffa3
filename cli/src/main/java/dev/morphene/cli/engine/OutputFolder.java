package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A folder that a command writes to, made with its parents; taken back where nothing came. */
final class OutputFolder {
  private final Path path;
  private final List<Path> made;

  private OutputFolder(Path path, List<Path> made) {
    this.path = path;
    this.made = made;
  }

  /**
   * @throws CommandFailure if it cannot be made or written
   */
  static OutputFolder make(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    List<Path> missing = new ArrayList<>();
    for (Path at = absolute; at != null && !Files.exists(at); at = at.getParent()) {
      missing.add(at);
    }
    OutputFolder output = new OutputFolder(absolute, missing);
    try {
      Files.createDirectories(absolute);
    } catch (IOException cause) {
      output.removeEmpty();
      throw new CommandFailure(
          ExitCode.FAILED,
          cause instanceof FileAlreadyExistsException file
              ? file.getFile() + " is a file; name a folder for the output."
              : "The folder "
                  + folder
                  + " cannot be made ("
                  + cause.getMessage()
                  + "); name another output.",
          cause);
    }
    if (!Files.isWritable(absolute)) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The folder " + folder + " cannot be written; correct its permissions or name another.");
    }
    return output;
  }

  Path path() {
    return path;
  }

  /** Removes the folders that were made here and are empty still. */
  void removeEmpty() {
    for (Path folder : made) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException used) {
        return;
      } catch (IOException cause) {
        System.err.println(
            "morphene: the folder " + folder + " could not be removed: " + cause.getMessage());
        return;
      }
    }
  }
}
