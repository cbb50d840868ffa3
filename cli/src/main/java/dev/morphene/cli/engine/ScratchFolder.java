package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import dev.morphene.rave.storage.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder for what is needed while a command runs; gone with everything in it at the end. */
final class ScratchFolder implements AutoCloseable {
  private final Path path;
  private boolean kept;

  private ScratchFolder(Path path) {
    this.path = path;
  }

  /** Makes an empty folder; what a killed command left there is cleared away. */
  static ScratchFolder at(Path path) {
    try {
      FolderTree.delete(path);
      return new ScratchFolder(Files.createDirectories(path));
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The folder "
              + path
              + " cannot be made ("
              + cause.getMessage()
              + "); free space or name another output.",
          cause);
    }
  }

  /** A new folder where the system keeps temporary files. */
  static ScratchFolder temporary() {
    try {
      return new ScratchFolder(Files.createTempDirectory("morphene-"));
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "No temporary folder can be made ("
              + cause.getMessage()
              + "); free space in "
              + System.getProperty("java.io.tmpdir")
              + ".",
          cause);
    }
  }

  Path path() {
    return path;
  }

  /** Leaves the folder there, for whoever looks for the cause of a failure. */
  void keep() {
    kept = true;
  }

  @Override
  public void close() {
    if (kept) {
      return;
    }
    try {
      FolderTree.delete(path);
    } catch (IOException cause) {
      System.err.println(
          "morphene: the folder " + path + " could not be removed: " + cause.getMessage());
    }
  }
}
