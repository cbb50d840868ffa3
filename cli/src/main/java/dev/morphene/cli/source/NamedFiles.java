package dev.morphene.cli.source;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.audio.RawCollection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files as an operator names them: with commas between, or a folder for all in it. */
final class NamedFiles {
  private NamedFiles() {}

  /**
   * The absolute paths of files that are there and may be read.
   *
   * @param typed one entry for each time the flag was given
   */
  static List<Path> find(String flag, List<String> typed) {
    List<Path> files = new ArrayList<>();
    for (String entry : typed) {
      for (String name : names(entry)) {
        files.addAll(found(flag, name));
      }
    }
    if (files.isEmpty()) {
      throw FlagValue.off(flag + " names no file; write it like " + flag + " A.wav,B.wav.");
    }
    for (int index = 0; index < files.size(); index++) {
      if (files.indexOf(files.get(index)) < index) {
        throw FlagValue.off(flag + " names " + files.get(index) + " twice; name it once.");
      }
    }
    return files;
  }

  /** A file whose own name has a comma is taken as it is. */
  private static List<String> names(String entry) {
    if (entry.isBlank()) {
      return List.of();
    }
    if (Files.exists(path(entry))) {
      return List.of(entry);
    }
    return List.of(entry.split(",")).stream()
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static List<Path> found(String flag, String name) {
    Path file = path(name).toAbsolutePath().normalize();
    if (!Files.exists(file)) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, "There is no file " + file + "; " + flag + " names existing files.");
    }
    if (Files.isDirectory(file)) {
      return filesBelow(flag, file);
    }
    if (!Files.isRegularFile(file)) {
      throw FlagValue.off(file + " is no regular file; " + flag + " names recordings.");
    }
    if (!Files.isReadable(file)) {
      throw FlagValue.off("The file " + file + " may not be read by this user; mend its rights.");
    }
    return List.of(file);
  }

  private static List<Path> filesBelow(String flag, Path folder) {
    try {
      RawCollection found = RawCollection.scan(folder, folder.resolve(".none"));
      if (!found.unreadable().isEmpty()) {
        var first = found.unreadable().entrySet().iterator().next();
        throw FlagValue.off(folder.resolve(first.getKey()) + " " + first.getValue() + ".");
      }
      if (found.files().isEmpty()) {
        throw FlagValue.off("The folder " + folder + " that " + flag + " names holds no files.");
      }
      return List.copyOf(found.files().values());
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The folder " + folder + " cannot be read: " + cause.getMessage(),
          cause);
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException cause) {
      throw new CommandFailure(
          ExitCode.USAGE, "\"" + name + "\" is no path: " + cause.getReason() + ".", cause);
    }
  }
}
