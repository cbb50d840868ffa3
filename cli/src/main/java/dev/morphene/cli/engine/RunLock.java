package dev.morphene.cli.engine;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second training out of a run folder: two would remove each other's checkpoints. The
 * kernel gives the lock back when the process ends, however it ends.
 */
final class RunLock implements AutoCloseable {
  private static final String FILE_NAME = ".training.lock";

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * @throws CommandFailure if another training has it
   */
  static RunLock take(Path runFolder) {
    Path file = runFolder.resolve(FILE_NAME);
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return new RunLock(file, channel);
      }
      throw taken(runFolder, channel);
    } catch (OverlappingFileLockException sameProcess) {
      throw taken(runFolder, channel);
    } catch (IOException cause) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "The run folder " + runFolder + " cannot be written (" + cause.getMessage() + ").",
          cause);
    }
  }

  private static CommandFailure taken(Path runFolder, FileChannel channel) {
    try {
      channel.close();
    } catch (IOException nothingWasWritten) {
      // The refusal is the news.
    }
    return new CommandFailure(
        ExitCode.FAILED,
        "Another morphene train runs in "
            + runFolder
            + "; wait for it or name another --out_path.");
  }

  @Override
  public void close() {
    try {
      // Removed before the lock goes, so that nobody waits at a name that is gone.
      Files.deleteIfExists(file);
      channel.close();
    } catch (IOException cause) {
      System.err.println("morphene: " + file + " could not be removed: " + cause.getMessage());
    }
  }
}
