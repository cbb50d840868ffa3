package dev.morphene.cli.local;

import dev.morphene.cli.CommandFailure;
import dev.morphene.cli.ExitCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The right to run the servers of a data folder. The operating system drops it with the process,
 * however it dies.
 */
final class FolderLock implements AutoCloseable {
  private static final String FILE = "in-use.lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the right, or gives nothing when another cluster has it. */
  static Optional<FolderLock> tryTake(DataFolder data) {
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              data.root().resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return Optional.of(new FolderLock(channel));
      }
      channel.close();
      return Optional.empty();
    } catch (OverlappingFileLockException heldByThisProcess) {
      closeQuietly(channel);
      return Optional.empty();
    } catch (IOException cause) {
      closeQuietly(channel);
      throw new CommandFailure(
          ExitCode.FAILED,
          "The data folder "
              + data.root()
              + " cannot be used ("
              + cause.getMessage()
              + "); choose one that this user may write with --data.",
          cause);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException nothingWasWritten) {
      // The channel holds nothing that could be lost.
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
